// A video whose frames carry their number as a bar code: whatever is asked for comes, in any order, from any container.
#include <ATen/ops/equal.h>

#include <array>
#include <cmath>
#include <fstream>
#include <random>
#include <set>
#include <stages/video/video_file.hpp>
#include <tests/shared_data.hpp>
#include <tests/video/bar_code.hpp>
#include <tests/video/clusters.hpp>
#include <thread>
#include <tivit/atomic_file.hpp>

using namespace tivit::video;
using tivit::tests::coded_video;
using tivit::tests::transcoded;
namespace fs = std::filesystem;

namespace {

/// x264's longest groups and B-frames: the hardest file to seek in.
const WriterOptions hard{.quantizer = 24, .key_frame_interval = 250, .b_frames = 4};

int frame_at(const VideoFile& file, std::int64_t frame) {
  const std::array<std::int64_t, 1> asked = {frame};
  return tivit::tests::code_of(file.read(asked)[0]);
}

void gives_what_is_asked(const fs::path& path, int frames, int seeks, double fps, bool regular = true) {
  const auto file = VideoFile::open(path);
  const auto& table = file->table();
  BOOST_TEST_CONTEXT(path.filename().string() << " keys " << table.keys.size()) {
    BOOST_TEST(table.count() == frames);
    BOOST_TEST(table.fps() == fps, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(table.regular() == regular);
    std::mt19937 random(7);
    int wrong = 0;
    for (int i = 0; i < seeks; ++i) {
      const auto frame = static_cast<std::int64_t>(random() % static_cast<unsigned>(frames));
      wrong += frame_at(*file, frame) != frame;
    }
    BOOST_TEST(wrong == 0);
    for (const std::int64_t frame : {frames - 1, 0, 1, frames - 2}) BOOST_TEST(frame_at(*file, frame) == frame);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exact_frames)

BOOST_AUTO_TEST_CASE(mp4_with_long_groups_and_b_frames) { gives_what_is_asked(coded_video("hard.mp4", 600, 30, 1, hard), 600, 200, 30); }

BOOST_AUTO_TEST_CASE(film_and_ntsc_rates) {
  gives_what_is_asked(coded_video("film.mp4", 600, 24000, 1001, hard), 600, 200, 24000 / 1001.0);
  gives_what_is_asked(coded_video("ntsc.mov", 600, 30000, 1001, hard), 600, 200, 30000 / 1001.0);
  gives_what_is_asked(coded_video("film.mkv", 600, 24000, 1001, hard), 600, 200, 24000 / 1001.0);
}

BOOST_AUTO_TEST_CASE(variable_rate) {
  // 20 to 60 frames a second, and a pause of 1.5 s.
  const auto time = [](int i) { return static_cast<std::int64_t>((i * 0.033 + 0.3 * std::sin(i * 0.05) + (i > 300 ? 1.5 : 0)) * 1e9); };
  for (const char* name : {"variable.mp4", "variable.mkv"}) {
    const auto path = coded_video(name, 600, 30, 1, hard, time);
    const auto file = VideoFile::open(path);
    for (const int i : {1, 100, 299, 300, 301, 599})
      BOOST_TEST(std::abs(file->table().times[static_cast<std::size_t>(i)] - time(i)) < 600'000);
    gives_what_is_asked(path, 600, 200, 599e9 / static_cast<double>(file->table().times.back()), false);
  }
}

BOOST_AUTO_TEST_CASE(a_picture_that_begins_late) {
  const auto time = [](int i) { return 2'500'000'000 + i * 1'000'000'000LL / 30; };
  for (const char* name : {"late.mkv", "late.mp4", "late.mov"}) gives_what_is_asked(coded_video(name, 90, 30, 1, hard, time), 90, 40, 30);
}

BOOST_AUTO_TEST_CASE(clusters_that_begin_between_key_pictures) {
  const auto usual =
      transcoded(coded_video("hard.mp4", 600, 30, 1, hard), "usual.mkv", "x264enc threads=1 key-int-max=130 bframes=3 ! matroskamux");
  const auto path = tivit::tests::video_folder() / "clusters.mkv";
  std::ofstream(path, std::ios::binary) << tivit::tests::Reclustered(tivit::read_file(usual), 17).bytes;
  gives_what_is_asked(path, 600, 200, 30);
}

BOOST_AUTO_TEST_CASE(other_codecs_and_containers) {
  const auto base = coded_video("base.mp4", 300, 30, 1, hard);
  gives_what_is_asked(
      transcoded(base, "vp8.webm", "vp8enc deadline=1 threads=1 keyframe-max-dist=100 auto-alt-ref=true lag-in-frames=16 ! webmmux"), 300,
      200, 30);
  gives_what_is_asked(
      transcoded(base, "vp9.webm",
                 "vp9enc deadline=1 cpu-used=8 threads=1 keyframe-max-dist=100 auto-alt-ref=true lag-in-frames=16 ! webmmux"),
      300, 200, 30);
  gives_what_is_asked(transcoded(base, "mjpeg.mov", "jpegenc ! qtmux"), 300, 60, 30);
  gives_what_is_asked(transcoded(base, "mjpeg.avi", "jpegenc ! avimux"), 300, 60, 30);
}

BOOST_AUTO_TEST_CASE(windows_boxes_and_threads) {
  const auto file = VideoFile::open(coded_video("hard.mp4", 600, 30, 1, hard));
  const std::vector<std::int64_t> asked = {10, 11, 11, 11, 14, 260, 261, 599, 599};
  const auto gray = file->read(asked);
  BOOST_TEST((gray.sizes() == at::IntArrayRef{9, 1, 64, 256}));
  for (std::size_t i = 0; i < asked.size(); ++i) BOOST_TEST(tivit::tests::code_of(gray[static_cast<std::int64_t>(i)]) == asked[i]);
  const auto cut = file->read(asked, {.box = {33, 5, 101, 51}});
  BOOST_TEST(at::equal(cut, gray.narrow(2, 5, 51).narrow(3, 33, 101)));
  const auto rgb = file->read(asked, {.colour = Colour::rgb});
  BOOST_TEST(at::equal(file->read(asked, {.colour = Colour::rgb, .box = {33, 5, 101, 51}}), rgb.narrow(2, 5, 51).narrow(3, 33, 101)));
  // Luma 235 and 16 without colour are white and black.
  BOOST_TEST(rgb[0][0][16][16 + 8].item<int>() > 250);
  BOOST_TEST(rgb[0][2][48][16 + 8].item<int>() < 5);
  for (const int threads : {2, 4}) {
    BOOST_TEST(at::equal(file->read(asked, {.threads = threads}), gray));
    BOOST_TEST(at::equal(file->read(asked, {.colour = Colour::rgb, .threads = threads}), rgb));
  }
}

BOOST_AUTO_TEST_CASE(many_threads_share_the_readers) {
  const auto file = VideoFile::open(coded_video("hard.mp4", 600, 30, 1, hard));
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < 20; ++i) {
        const auto frame = static_cast<std::int64_t>(random() % 600);
        wrong += frame_at(*file, frame) != frame;
      }
    });
  for (auto& thread : threads) thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(reading_on_decodes_nothing_twice) {
  const auto file = VideoFile::open(coded_video("on.mp4", 600, 30, 1, hard));
  const auto before = VideoFile::decoded();
  for (std::int64_t begin = 0; begin + 60 <= 600; begin += 40) {
    std::vector<std::int64_t> window(60);
    for (std::int64_t i = 0; i < 60; ++i) window[static_cast<std::size_t>(i)] = begin + i;
    file->read(window);
  }
  BOOST_TEST(VideoFile::decoded() - before <= 600u);
}

BOOST_AUTO_TEST_CASE(windows_of_real_wmv_equal_a_decode_from_the_start) {
  for (const char* name : {"data/mta/test/test_V3.wmv", "data/mta/train/train_p10_0_1.wmv"}) {
    const auto path = tivit::tests::shared(name);
    if (!path) return;
    const auto file = VideoFile::open(*path);
    const auto count = file->table().count();
    BOOST_TEST(count == (path->stem() == "test_V3" ? 1507 : 991));
    // One pass from the start keeps a thumbnail of every frame.
    std::vector<std::int64_t> all(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
    const Box box{300, 150, 40, 20};
    const auto truth = file->read(all, {.box = box});
    std::mt19937 random(3);
    for (int i = 0; i < 6; ++i) {
      const auto first = static_cast<std::int64_t>(random() % static_cast<unsigned>(count - 30));
      const std::span<const std::int64_t> window(all.data() + first, 30);
      BOOST_TEST(at::equal(file->read(window, {.box = box}), truth.narrow(0, first, 30)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
