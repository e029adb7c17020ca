// Films with more than one picture after the other in them: sound that goes on, a second picture, and what players do with the first.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <bit>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <stages/video/video_file.hpp>
#include <tests/video/bar_code.hpp>
#include <tests/video/boxes.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/inspector.hpp>

using namespace tivit::video;
using tivit::tests::coded_video;
using tivit::tests::run_pipeline;
using tivit::tests::transcoded;
using tivit::tests::video_folder;
namespace fs = std::filesystem;

namespace {

/// 2 s of 25 pictures a second.
const std::string picture = "videotestsrc num-buffers=50 pattern=ball ! video/x-raw,format=I420,width=64,height=48,framerate=25/1 ! ";

fs::path written(const std::string& name, const std::string& bytes) {
  std::ofstream(video_folder() / name, std::ios::binary) << bytes;
  return video_folder() / name;
}

/// A Matroska file with a projection in the place of the colours that our writer describes, which is as long.
std::string rolled(std::string bytes, float degrees) {
  using tivit::tests::big_endian;
  const auto colours = bytes.find("\x55\xb0\x01");
  BOOST_REQUIRE(colours != std::string::npos && bytes[colours + 9] == 16);
  const auto roll = big_endian(0x7671, 2) + "\x81" + std::string(1, '\0') + big_endian(0x7675, 2) + "\x84" +
                    big_endian(std::bit_cast<std::uint32_t>(degrees)) + "\xec\x83" + std::string(3, 'x');
  bytes.replace(colours, 2, big_endian(0x7670, 2)).replace(colours + 10, 16, roll);
  return bytes;
}

/// What is logged while it lives.
struct Log {
  std::ostringstream text;
  std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
  Log() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text))); }
  ~Log() { spdlog::set_default_logger(before); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(other_films)

BOOST_AUTO_TEST_CASE(sound_may_go_on_after_the_picture) {
  for (const auto& [name, coder, muxer] :
       {std::tuple{"sound.mov", "jpegenc", "qtmux"}, {"sound.avi", "jpegenc", "avimux"}, {"sound.mkv", "theoraenc", "matroskamux"}}) {
    const auto path = video_folder() / name;
    run_pipeline(picture + coder + " ! queue ! mux. audiotestsrc num-buffers=235 ! audio/x-raw,rate=48000,channels=1 ! audioconvert ! " +
                 "queue max-size-time=0 max-size-bytes=0 max-size-buffers=0 ! mux. " + muxer +
                 " name=mux ! filesink location=" + path.string());
    BOOST_TEST_CONTEXT(name) {
      std::int64_t count = 0;
      BOOST_CHECK_NO_THROW(count = VideoFile::open(path)->table().count());
      BOOST_TEST(count == 50);
    }
  }
}

BOOST_AUTO_TEST_CASE(pictures_that_are_images_have_a_codec_and_are_all_keys) {
  const auto base = coded_video("images.mp4", 60, 25);
  for (const auto& [name, encoder] :
       {std::pair{"images.mov", "jpegenc ! qtmux"}, {"images.avi", "jpegenc ! avimux"}, {"images.mkv", "jpegenc ! matroskamux"}}) {
    const auto& table = VideoFile::open(transcoded(base, name, encoder))->table();
    BOOST_TEST(table.codec.starts_with("image/"), name << ": " << table.codec);
    BOOST_TEST(table.count() == 60);
    if (table.seekable) BOOST_TEST(table.keys.size() == 60u, name);
  }
}

BOOST_AUTO_TEST_CASE(a_rate_that_nothing_says_is_told) {
  const auto path = video_folder() / "untimed.mjpeg";
  run_pipeline(picture + "jpegenc ! multipartmux ! filesink location=" + path.string());
  const Log log;
  const auto& table = VideoFile::open(path)->table();
  BOOST_TEST(table.fps() == 25);
  BOOST_TEST_MESSAGE(log.text.str());
  BOOST_TEST(log.text.str().find(path.string() + ": says neither when its pictures are shown nor how many there are in a second: taken as "
                                                 "25 frames/s; ") != std::string::npos,
             log.text.str());
}

BOOST_AUTO_TEST_CASE(a_second_picture_is_no_part_of_the_first) {
  const auto path = video_folder() / "two.mkv";
  run_pipeline(picture + "theoraenc keyframe-auto=false keyframe-force=25 keyframe-freq=25 ! queue ! mux. " + picture +
               "theoraenc keyframe-auto=false keyframe-force=5 keyframe-freq=5 ! queue ! mux. matroskamux name=mux ! filesink location=" +
               path.string());
  const auto& table = VideoFile::open(path)->table();
  BOOST_TEST(table.codec == "video/x-theora");
  BOOST_TEST(table.count() == 50);
  BOOST_TEST(table.keys == (std::vector<std::int64_t>{0, 25}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_players_do_with_the_picture_is_said_once) {
  const auto turned = [](const fs::path& film, std::initializer_list<int> corner) {
    return tivit::tests::with_boxes(tivit::read_file(film),
                                    [&](const std::string& name, const std::string& body) -> std::optional<std::string> {
                                      auto changed = body;
                                      std::size_t at = 40;  // the first of nine numbers; each third is of another kind
                                      for (const int value : corner) {
                                        if (name == "tkhd")
                                          changed.replace(at, 4, tivit::tests::big_endian(static_cast<std::uint32_t>(value * 65536)));
                                        at += at == 44 ? 8 : 4;
                                      }
                                      return changed;
                                    });
  };
  const auto upright = coded_video("upright.mp4", 20, 20);
  const auto path = written("turned.mp4", turned(upright, {0, 1, -1, 0}));
  const Log log;
  for (int i = 0; i < 2; ++i) BOOST_TEST(VideoFile::open(path)->table().orientation == "rotate-90");
  const std::string said = path.string() +
                           ": players turn this picture by 90°; tivit reads it as it is stored: mark corners on the still that tivit "
                           "saves, not on a player's picture";
  const auto text = log.text.str();
  BOOST_TEST(text.find(said) != std::string::npos, text);
  BOOST_TEST(text.find(said) == text.rfind(said));
  BOOST_TEST(nlohmann::json::parse(tivit::inspect_file(path)).at("orientation") == "rotate-90");
  const auto late = tivit::tests::video_folder() / "begins_late.mkv";
  run_pipeline(
      "videotestsrc timestamp-offset=2500000000 num-buffers=20 ! video/x-raw,width=64,height=64,framerate=20/1 ! x264enc bframes=0 ! "
      "mux. audiotestsrc num-buffers=150 ! vorbisenc ! mux. matroskamux name=mux ! filesink location=" +
      late.string());
  VideoFile::open(late);
  BOOST_TEST(
      log.text.str().find(late.string() + ": its first picture comes 2.500 s after the file begins, and times count from that picture: "
                                          "labels that were made from its sound come as much too late (label_shifts moves them)") !=
          std::string::npos,
      log.text.str());
  BOOST_TEST(nlohmann::json::parse(tivit::inspect_file(late)).at("first_picture_s") == 2.5);
  // What is decoded while it is scanned.
  const auto jpeg = written("turned.mov", turned(transcoded(upright, "upright.mov", "jpegenc ! qtmux"), {-1, 0, 0, -1}));
  BOOST_TEST(VideoFile::open(jpeg)->table().orientation == "rotate-180");
  // Matroska counts against the clock.
  const auto matroska = tivit::read_file(coded_video("upright.mkv", 20, 20));
  for (const auto& [roll, orientation] : {std::pair{-90.f, "rotate-90"}, {90.f, "rotate-270"}, {180.f, "rotate-180"}, {0.f, ""}})
    BOOST_TEST(VideoFile::open(written("turned.mkv", rolled(matroska, roll)))->table().orientation == orientation, roll);
  BOOST_TEST(!nlohmann::json::parse(tivit::inspect_file(upright)).contains("orientation"));
}

BOOST_AUTO_TEST_CASE(the_shape_of_a_pixel_is_shown) {
  const auto base = coded_video("square.mp4", 20, 20);
  for (const auto& [name, encoder] : {std::pair{"wide.mp4", "x264enc threads=1 ! mp4mux"}, {"wide.mkv", "jpegenc ! matroskamux"}}) {
    const auto path = transcoded(base, name, std::string("capssetter join=true caps=video/x-raw,pixel-aspect-ratio=4/3 ! ") + encoder);
    const auto shape = nlohmann::json::parse(tivit::inspect_file(path)).at("pixel_aspect").get<std::string>();
    // Muxers write how large the picture is shown, in whole pixels.
    BOOST_TEST((shape == "4:3" || shape == "341:256"), shape);
  }
  BOOST_TEST(!nlohmann::json::parse(tivit::inspect_file(base)).contains("pixel_aspect"));
}

BOOST_AUTO_TEST_CASE(the_last_damaged_frame_is_one_of_the_film) {
  const auto whole = video_folder() / "grain.avi";
  run_pipeline(
      "videotestsrc num-buffers=60 pattern=snow ! video/x-raw,width=160,height=96,framerate=25/1 ! avenc_mpeg4 gop-size=20 bitrate=2000000 "
      "! matroskamux ! "
      "filesink location=" +
      whole.string());
  auto bytes = tivit::read_file(whole);
  std::mt19937 random(3);
  for (int i = 0; i < 30; ++i) bytes[bytes.size() * 3 / 4 + random() % (bytes.size() / 8)] ^= static_cast<char>(1 + random() % 255);
  const auto path = written("grain_damaged.avi", bytes);
  const auto file = VideoFile::open(path);
  BOOST_REQUIRE(!file->table().damage.empty());
  const auto shown = nlohmann::json::parse(tivit::inspect_file(path)).at("damage").back();
  BOOST_TEST(shown.at("last_frame") == file->table().damage.back().last - 1);
  BOOST_TEST(shown.at("last_frame") < file->table().count());
}

BOOST_AUTO_TEST_SUITE_END()
