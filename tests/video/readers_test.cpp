// What reading costs, in pictures decoded: none that nothing needs, none twice. And tables that are believed only until they are found
// untrue.
#include <ATen/ops/equal.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <stages/video/scan.hpp>
#include <stages/video/video_file.hpp>
#include <tests/shared_data.hpp>
#include <tests/video/bar_code.hpp>
#include <thread>
#include <tivit/error.hpp>

using namespace tivit::video;
using tivit::tests::code_of;
using tivit::tests::coded_video;

namespace {

std::vector<std::int64_t> range(std::int64_t first, std::int64_t end, std::int64_t step = 1) {
  std::vector<std::int64_t> frames;
  for (; first < end; first += step) frames.push_back(first);
  return frames;
}

void shows(const at::Tensor& pictures, const std::vector<std::int64_t>& frames) {
  int wrong = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) wrong += code_of(pictures[static_cast<std::int64_t>(i)]) != frames[i];
  BOOST_TEST(wrong == 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(readers)

BOOST_AUTO_TEST_CASE(pictures_that_nothing_leans_on_are_not_decoded_on_the_way) {
  // Three of four pictures are B-frames, and two of those three are leant on by none.
  const auto path = coded_video("way.mp4", 240, 30, 1, {.key_frame_interval = 240, .b_frames = 3});
  const auto file = VideoFile::open(path);
  auto before = VideoFile::decoded();
  shows(file->read(range(200, 220)), range(200, 220));
  BOOST_TEST(VideoFile::decoded() - before < 180u);
  // One row of four, as a background is looked for.
  before = VideoFile::decoded();
  const auto again = VideoFile::open(coded_video("way2.mp4", 240, 30, 1, {.key_frame_interval = 240, .b_frames = 3}));
  shows(again->read(range(0, 240, 4)), range(0, 240, 4));
  BOOST_TEST(VideoFile::decoded() - before < 200u);
  // Those that were passed over come when they are asked for.
  shows(again->read(range(1, 60)), range(1, 60));
}

BOOST_AUTO_TEST_CASE(threads_that_read_neighbouring_windows_share_one_decoder) {
  const auto file = VideoFile::open(coded_video("shared.mp4", 400, 30, 1, {.key_frame_interval = 400, .b_frames = 2}));
  const auto before = VideoFile::decoded();
  std::vector<std::thread> threads;
  std::vector<at::Tensor> windows(4);
  for (std::int64_t i = 0; i < 4; ++i) {
    // Whoever has a decoder, or waits for one, asks whether to stop: only then does the next one come.
    std::promise<void> asked;
    auto has_asked = asked.get_future();
    threads.emplace_back([&file, &windows, i, asked = std::make_shared<std::promise<void>>(std::move(asked))] {
      bool first = true;
      const auto stop = [&] {
        if (std::exchange(first, false)) asked->set_value();
        return false;
      };
      windows[static_cast<std::size_t>(i)] = file->read(range(100 * i, 100 * i + 100), {.stop = stop});
    });
    has_asked.wait();
  }
  for (auto& thread : threads) thread.join();
  for (std::int64_t i = 0; i < 4; ++i) shows(windows[static_cast<std::size_t>(i)], range(100 * i, 100 * i + 100));
  BOOST_TEST(VideoFile::decoded() - before <= 400u);
}

BOOST_AUTO_TEST_CASE(who_reads_the_whole_film_keeps_nobody_waiting) {
  const auto file = VideoFile::open(coded_video("whole_film.mp4", 400, 30, 1, {.key_frame_interval = 400, .b_frames = 2}));
  std::promise<void> begun, window;
  auto has_window = window.get_future();
  bool came = false;
  std::thread background([&] {
    const auto all = range(0, 400, 100);
    file->each(all, {}, [&](std::size_t i, const at::Tensor&) {
      if (i > 0) return;
      begun.set_value();
      came = has_window.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
    });
  });
  begun.get_future().wait();
  shows(file->read(range(100, 110)), range(100, 110));
  window.set_value();
  background.join();
  BOOST_TEST(came);
}

BOOST_AUTO_TEST_CASE(pictures_are_the_same_whoever_takes_them) {
  // read() has them taken on the decoder's thread, each() takes them one by one.
  std::vector<std::filesystem::path> paths{coded_video("taken.mp4", 300, 30, 1, {.key_frame_interval = 60, .b_frames = 3})};
  if (const auto wmv = tivit::tests::shared("data/mta/test/test_V10.wmv")) paths.push_back(*wmv);
  for (const auto& path : paths) {
    const auto file = VideoFile::open(path);
    BOOST_TEST(!file->table().chain.empty());
    ReadOptions options{.colour = Colour::rgb, .height = 12, .width = 36};
    const auto twice = [](std::vector<std::int64_t> frames) {
      auto all = frames;
      all.insert(all.end(), frames.begin(), frames.end());
      std::sort(all.begin(), all.end());
      return all;
    };
    // On, back, over a key, with gaps, what was just read, and frames that are asked for twice.
    for (const auto& frames : {range(10, 40), range(0, 20), range(150, 200), range(101, 190, 7), range(180, 195), twice(range(50, 75))}) {
      const at::Tensor all = file->read(frames, options);
      file->each(frames, options,
                 [&](std::size_t i, const at::Tensor& one) { BOOST_TEST(at::equal(all[static_cast<std::int64_t>(i)], one)); });
    }
  }
}

BOOST_AUTO_TEST_CASE(an_untrue_table_is_found_and_made_again) {
  const auto path = coded_video("table.mp4", 100, 30);
  FrameTable table = VideoFile::open(path)->table();
  table.seekable = table.proved = false;
  table.keys = {0};
  // As a container would that lists a picture at 1 s which the decoder does not show.
  FrameTable untrue = table;
  untrue.times.insert(untrue.times.begin() + 30, untrue.times[30] - 15'000'000);
  untrue.finish();
  shows(std::make_shared<VideoFile>(path, table)->read(range(20, 50)), range(20, 50));
  const auto file = std::make_shared<VideoFile>(path, untrue);
  BOOST_TEST(file->table().count() == 101);
  // Nothing asked for is another picture now: it is read.
  shows(file->read(range(0, 20)), range(0, 20));
  BOOST_CHECK_EXCEPTION(file->read(range(20, 50), {.name = "table"}), tivit::Error, [](const tivit::Error& error) {
    return std::string(error.what()).find("table [0.667 s, ") == 0 &&
           error.problem() == "the container lists a picture at 0.985000 s that the decoder does not show";
  });
  BOOST_TEST(file->table().count() == 100);
  BOOST_TEST(file->table().proved);
  shows(file->read(range(20, 50)), range(20, 50));
}

BOOST_AUTO_TEST_CASE(what_asf_files_list_is_what_comes_out) {
  for (const char* name : {"data/mta/test/test_V10.wmv", "data/mta/train/train_p13_0_1.wmv"}) {
    const auto path = tivit::tests::shared(name);
    if (!path) return;
    const auto listed = scan(*path), decoded = scan_decoding(*path, {});
    BOOST_TEST(!listed.proved);
    BOOST_TEST(listed.times == decoded.times, boost::test_tools::per_element());
    BOOST_TEST(std::abs(listed.end - decoded.end) < 20'000'000);  // not every file says how long its last picture is shown
    BOOST_TEST(listed.width == decoded.width);
  }
}

BOOST_AUTO_TEST_SUITE_END()
