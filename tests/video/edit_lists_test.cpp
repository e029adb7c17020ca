// Files that were trimmed without coding them anew: what players show is what comes, whatever else they hold.
#include <array>
#include <fstream>
#include <random>
#include <stages/video/video_file.hpp>
#include <tests/video/bar_code.hpp>
#include <tests/video/boxes.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

using namespace tivit::video;
using tivit::tests::coded_video;
using tivit::tests::EditLine;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t fps = 25;
const WriterOptions hard{.quantizer = 24, .key_frame_interval = 50, .b_frames = 3};

/// The same film with other edits, each of pictures [begin, end).
fs::path trimmed(const fs::path& film, const std::string& name, std::initializer_list<EditLine> edits) {
  const auto path = tivit::tests::video_folder() / name;
  std::ofstream(path, std::ios::binary) << tivit::tests::with_edits(tivit::read_file(film), edits);
  return path;
}

struct Film {
  fs::path path;
  std::int64_t units, delay;  // of the first picture
  explicit Film(const fs::path& file) : path(file) {
    const auto bytes = tivit::read_file(file);
    units = tivit::tests::units_of(bytes);
    const auto list = bytes.find("elst");
    delay = list == std::string::npos ? 0 : tivit::tests::number_at(bytes, list + 16);
  }
  EditLine pictures(std::int64_t begin, std::int64_t end) const {
    return {static_cast<std::uint64_t>((end - begin) * units / fps), delay + begin * units / fps};
  }
};

void shows(const fs::path& path, int first, int count) {
  const auto file = VideoFile::open(path);
  BOOST_TEST_CONTEXT(path.filename().string()) {
    BOOST_TEST(file->table().count() == count);
    BOOST_TEST(file->table().regular());
    BOOST_TEST(file->table().fps() == fps);
    if (file->table().count() != count) return;
    std::mt19937 random(4);
    int wrong = 0;
    for (int i = 0; i < 40; ++i) {
      const std::array<std::int64_t, 1> frame = {i < 2 ? i * (count - 1)
                                                       : static_cast<std::int64_t>(random() % static_cast<unsigned>(count))};
      wrong += tivit::tests::code_of(file->read(frame)[0]) != first + frame[0];
    }
    BOOST_TEST(wrong == 0);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(edit_lists)

BOOST_AUTO_TEST_CASE(pictures_before_and_after_an_edit_are_not_shown) {
  for (const char* name : {"edited.mp4", "edited.mov"}) {
    const Film film(coded_video(name, 300, fps, 1, hard));
    const std::string kind = fs::path(name).extension();
    BOOST_TEST(film.delay > 0);
    shows(film.path, 0, 300);
    shows(trimmed(film.path, "head" + kind, {film.pictures(30, 300)}), 30, 270);
    shows(trimmed(film.path, "key" + kind, {film.pictures(100, 300)}), 100, 200);
    shows(trimmed(film.path, "deep" + kind, {film.pictures(277, 300)}), 277, 23);
    shows(trimmed(film.path, "middle" + kind, {film.pictures(77, 201)}), 77, 124);
    shows(trimmed(film.path, "tail" + kind, {film.pictures(0, 120)}), 0, 120);
    shows(trimmed(film.path, "late" + kind, {{static_cast<std::uint64_t>(film.units), -1}, film.pictures(40, 300)}), 40, 260);
    shows(trimmed(film.path, "all" + kind, {{0, film.delay}}), 0, 300);
    shows(trimmed(film.path, "two_in_one" + kind, {film.pictures(20, 70), film.pictures(70, 150)}), 20, 130);
  }
}

BOOST_AUTO_TEST_CASE(a_picture_that_begins_before_the_edit_is_none_of_it) {
  const Film film(coded_video("partly.mp4", 100, fps, 1, hard));
  auto edit = film.pictures(20, 60);
  edit.time += film.units / fps / 3;
  shows(trimmed(film.path, "partly_cut.mp4", {edit}), 21, 40);
}

BOOST_AUTO_TEST_CASE(edits_of_what_is_scanned_by_decoding) {
  const auto film = Film(tivit::tests::transcoded(coded_video("edited.mp4", 300, fps, 1, hard), "edited_jpeg.mov", "jpegenc ! qtmux"));
  shows(film.path, 0, 300);
  shows(trimmed(film.path, "jpeg_cut.mov", {film.pictures(77, 201)}), 77, 124);
}

BOOST_AUTO_TEST_CASE(without_an_edit_list_the_last_pictures_come_too) {
  for (const char* name : {"edited.mp4", "edited.mov"})
    shows(trimmed(coded_video(name, 300, fps, 1, hard), "no_edits" + fs::path(name).extension().string(), {}), 0, 300);
}

BOOST_AUTO_TEST_CASE(a_trimmed_file_that_is_cut_off_is_truncated) {
  const auto first = tivit::tests::transcoded(coded_video("edited.mp4", 300, fps, 1, hard), "index_first.mp4",
                                              "x264enc threads=1 ! mp4mux faststart=true");
  auto bytes = tivit::read_file(first);
  // The head grows by nothing: its own edit is written over.
  const auto units = tivit::tests::units_of(bytes);
  const auto list = bytes.find("elst");
  BOOST_REQUIRE(list != std::string::npos);
  const auto delay = tivit::tests::number_at(bytes, list + 16);
  bytes.replace(list + 16, 4, tivit::tests::big_endian(static_cast<std::uint64_t>(delay + units)));
  const auto path = tivit::tests::video_folder() / "trimmed_and_cut.mp4";
  std::ofstream(path, std::ios::binary) << bytes;
  shows(path, 25, 275);
  std::ofstream(path, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  BOOST_CHECK_EXCEPTION(VideoFile::open(path), tivit::Error,
                        [](const tivit::Error& error) { return error.problem().find("the file is truncated: it holds ") == 0; });
}

BOOST_AUTO_TEST_CASE(several_edits_are_refused_with_what_to_do) {
  const Film film(coded_video("edited.mp4", 300, fps, 1, hard));
  const auto says = [&](const std::string& name, std::initializer_list<EditLine> edits) {
    try {
      VideoFile::open(trimmed(film.path, name, edits));
    } catch (const tivit::Error& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  const auto first = film.pictures(0, 50), second = film.pictures(90, 120);
  BOOST_TEST(says("several.mp4", {first, second}) ==
             (tivit::tests::video_folder() / "several.mp4").string() +
                 ": its edit list shows several parts of the recording, which is not followed; make a film of what players show: ffmpeg -i "
                 "\"several.mp4\" -c:v libx264 -crf 16 -c:a aac \"several_seen.mp4\"");
  BOOST_TEST(says("pause.mp4", {first, {1000, -1}, film.pictures(50, 100)}).find("parts of the recording with a pause between them") !=
             std::string::npos);
  auto slow = first;
  slow.rate = 0.5;
  BOOST_TEST(says("slow.mp4", {slow}).find("a part of the recording at another speed") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
