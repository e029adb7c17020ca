// Files as they come: cut off, damaged, foreign. Each says which clip, where and why; sound parts stay usable.
#include <ATen/ops/equal.h>
#include <gst/gst.h>

#include <fstream>
#include <iterator>
#include <random>
#include <stages/video/decode_log.hpp>
#include <stages/video/gst.hpp>
#include <stages/video/video_file.hpp>
#include <tests/shared_data.hpp>
#include <tests/video/bar_code.hpp>
#include <tests/video/boxes.hpp>
#include <tivit/error.hpp>

using namespace tivit::video;
namespace fs = std::filesystem;

namespace {

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path written(const std::string& name, const std::string& bytes) {
  const auto path = tivit::tests::video_folder() / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t end) {
  std::vector<std::int64_t> frames;
  for (; first < end; ++first) frames.push_back(first);
  return frames;
}

/// The error's text, or "" when there is none.
template <class F>
std::string error_of(F&& call) {
  try {
    call();
  } catch (const tivit::Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return error.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A picture that fills its bits: noise is what makes flipped bytes matter.
fs::path noisy_video(const std::string& name) {
  const auto path = tivit::tests::video_folder() / name;
  std::mt19937 random(1);
  VideoWriter writer(path, 128, 64, 30, 1, {.quantizer = 18, .key_frame_interval = 50});
  std::vector<std::uint8_t> gray(128 * 64);
  for (int frame = 0; frame < 300; ++frame) {
    for (auto& pixel : gray) pixel = static_cast<std::uint8_t>(random() >> 24);
    writer.write(gray.data(), 128);
  }
  writer.close();
  return path;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broken_files)

BOOST_AUTO_TEST_CASE(truncated_mp4) {
  // The index comes first, so that the file plays to its cut without complaint.
  const auto bytes =
      bytes_of(tivit::tests::transcoded(noisy_video("whole.mp4"), "whole_fast.mp4", "x264enc threads=1 ! mp4mux faststart=true"));
  const auto path = written("cut.mp4", bytes.substr(0, bytes.size() / 2));
  const auto text = error_of([&] { VideoFile::open(path); });
  BOOST_TEST(has(text, "cut.mp4: the file is truncated: it holds "));
  BOOST_TEST(has(text, " s of the 10.00 s that its container announces"));
  // Cut before the index, nothing can be read at all.
  BOOST_TEST(has(
      error_of([&] { VideoFile::open(written("headless.mp4", bytes_of(tivit::tests::video_folder() / "whole.mp4").substr(0, 20000))); }),
      "headless.mp4: cannot be played: "));
}

BOOST_AUTO_TEST_CASE(truncated_matroska_and_wmv) {
  const auto bytes = bytes_of(tivit::tests::transcoded(noisy_video("whole.mp4"), "whole.mkv", "x264enc threads=1 ! matroskamux"));
  BOOST_TEST(
      has(error_of([&] { VideoFile::open(written("cut.mkv", bytes.substr(0, bytes.size() / 2))); }), "cut.mkv: the file is truncated"));
  const auto wmv = tivit::tests::shared("data/mta/test/test_V10.wmv");
  if (!wmv) return;
  const auto real = bytes_of(*wmv);
  BOOST_TEST(
      has(error_of([&] { VideoFile::open(written("cut.wmv", real.substr(0, real.size() * 2 / 3))); }), "cut.wmv: the file is truncated"));
}

BOOST_AUTO_TEST_CASE(truncated_avi) {
  const auto bytes = bytes_of(tivit::tests::transcoded(noisy_video("whole.mp4"), "whole.avi", "jpegenc ! avimux"));
  BOOST_TEST(VideoFile::open(written("copied.avi", bytes))->table().count() > 100);
  const auto text = error_of([&] { VideoFile::open(written("cut.avi", bytes.substr(0, bytes.size() / 2))); });
  BOOST_TEST(has(text, "cut.avi: the file is truncated: "), text);
  BOOST_TEST(has(text, " bytes are missing of what its header announces"), text);
}

BOOST_AUTO_TEST_CASE(flipped_bytes_are_found_where_they_matter) {
  const auto whole = noisy_video("sound.mp4");
  auto bytes = bytes_of(whole);
  // Inside the pictures of the middle: the index is at the end.
  std::mt19937 random(5);
  for (int i = 0; i < 40; ++i) bytes[bytes.size() / 2 + random() % (bytes.size() / 20)] ^= static_cast<char>(1 + random() % 255);
  const auto file = VideoFile::open(written("flipped.mp4", bytes));
  const auto good = VideoFile::open(whole);
  BOOST_TEST(file->table().count() == 300);
  for (const int threads : {1, 4}) {
    const auto text = error_of([&] { file->read(range(130, 180), {.threads = threads, .name = "flipped"}); });
    BOOST_TEST(has(text, "flipped [4.333 s, 6.000 s): frame 1"));
    BOOST_TEST(has(text, "is damaged: the decoder reports \""));
    // Groups without damage are as good as ever.
    for (const auto& [first, end] : {std::pair{0, 40}, {250, 300}})
      BOOST_TEST(at::equal(file->read(range(first, end), {.threads = threads}), good->read(range(first, end), {.threads = threads})));
  }
  // What leans on the damage is refused although the decoder says nothing more about it.
  BOOST_TEST(has(error_of([&] { file->read(range(165, 170)); }), "is damaged") ==
             has(error_of([&] { file->read(range(120, 170)); }), "is damaged"));
}

BOOST_AUTO_TEST_CASE(flipped_bytes_in_wmv) {
  const auto wmv = tivit::tests::shared("data/mta/test/test_V10.wmv");
  if (!wmv) return;
  auto bytes = bytes_of(*wmv);
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) bytes[bytes.size() / 2 + random() % (bytes.size() / 4)] ^= static_cast<char>(1 + random() % 255);
  const auto text = error_of([&] {
    const auto file = VideoFile::open(written("flipped.wmv", bytes));
    file->read(range(0, file->table().count()), {.name = "flipped"});
  });
  BOOST_TEST((has(text, "damaged") || has(text, "truncated") || has(text, "cannot be played")), text);
}

BOOST_AUTO_TEST_CASE(a_decoder_that_is_being_flushed_complains_of_no_damage) {
  tivit::video::init_gstreamer();
  GstDebugCategory* libav = nullptr;
  GST_DEBUG_CATEGORY_GET(libav, "libav");
  BOOST_TEST_REQUIRE(libav);
  const auto before = unattributed_damage();
  GST_CAT_ERROR(libav, "negotiation failed");
  BOOST_TEST(unattributed_damage() == before);
  GST_CAT_ERROR(libav, "Reference 4 >= 4");
  BOOST_TEST(unattributed_damage() == before + 1);
}

BOOST_AUTO_TEST_CASE(files_that_are_no_video) {
  BOOST_TEST(error_of([] { VideoFile::open("/no/such/video.mp4"); }) == "/no/such/video.mp4: the video does not exist; check the path");
  BOOST_TEST(has(error_of([] { VideoFile::open(written("empty.mp4", "")); }), "empty.mp4: the video is empty"));
  BOOST_TEST(has(error_of([] { VideoFile::open(tivit::tests::video_folder()); }), "is a folder, not a video"));
  BOOST_TEST(has(error_of([] { VideoFile::open(written("text.mp4", "0.5 1.0 60\n0.7 1.0 64\n")); }), "text.mp4: cannot be played: "));
  const auto sound = tivit::tests::video_folder() / "sound.wav";
  tivit::video::Pipeline pipeline(
      gst_parse_launch(("audiotestsrc num-buffers=20 ! wavenc ! filesink location=" + sound.string()).c_str(), nullptr));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  Ref<GstBus> bus(gst_element_get_bus(pipeline.get()));
  Ref<GstMessage> end(
      gst_bus_timed_pop_filtered(bus.get(), 20 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  BOOST_TEST(has(error_of([&] { VideoFile::open(sound); }), "sound.wav: has no video stream; give a file with a picture"));
  const auto path = tivit::tests::coded_video("few.mp4", 20, 20);
  BOOST_TEST(has(error_of([&] { VideoFile::open(path)->read(range(10, 30), {.name = "few"}); }),
                 "few: frame 20 was asked for; the video has 20 frames"));
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_is_scanned_again) {
  BOOST_TEST(VideoFile::open(tivit::tests::coded_video("changing.mp4", 20, 20))->table().count() == 20);
  BOOST_TEST(VideoFile::open(tivit::tests::coded_video("changing.mp4", 30, 20))->table().count() == 30);
  // Another file of the same size and time.
  const auto path = tivit::tests::video_folder() / "changing.mp4", other = tivit::tests::coded_video("other.mp4", 25, 20);
  const auto missing = fs::file_size(path) - fs::file_size(other);
  BOOST_REQUIRE(fs::file_size(path) > fs::file_size(other) + 8);
  std::ofstream(other, std::ios::binary | std::ios::app) << tivit::tests::big_endian(missing) + "free" + std::string(missing - 8, 'x');
  fs::last_write_time(other, fs::last_write_time(path));
  fs::rename(other, path);
  BOOST_TEST(VideoFile::open(path)->table().count() == 25);
}

BOOST_AUTO_TEST_SUITE_END()
