// Rows to frames: the video's own rate, a given one by timestamp, repeated frames, and irregular files.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stages/video/clip_frames.hpp>
#include <tivit/error.hpp>

using namespace tivit;
using namespace tivit::video;
using Frames = std::vector<std::int64_t>;

namespace {

FrameTable table(int count, double fps, double rounding_s = 0) {
  FrameTable made;
  const auto at = [&](int i) {
    const double time = i / fps;
    return nanoseconds(rounding_s > 0 ? std::round(time / rounding_s) * rounding_s : time);
  };
  for (int i = 0; i < count; ++i) made.times.push_back(at(i));
  made.end = at(count);
  made.keys = {0};
  made.finish();
  return made;
}

Frames first(const ClipFrames& frames, std::size_t count) {
  return {frames.frames.begin(), frames.frames.begin() + static_cast<long>(count)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clip_frames)

BOOST_AUTO_TEST_CASE(the_own_rate_is_every_frame) {
  const auto rows = recording_frames({}, table(300, 24000 / 1001.0, 1e-3));
  BOOST_TEST(rows.total_rows == 300);
  BOOST_TEST(rows.frames.back() == 299);
  // Milliseconds in the container do not make the rate drift.
  BOOST_TEST(rows.grid.hop_ns == 1001e9 / 24000, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(rows.grid.origin == 0);
}

BOOST_AUTO_TEST_CASE(a_given_rate_shows_what_is_on_screen) {
  // 20 rows a second of 30 frames a second: row k is on screen at 0.05 k, frame floor(1.5 k).
  for (const double rounding : {0.0, 1e-3}) {
    const auto rows = recording_frames({.rate = 20}, table(60, 30, rounding));
    BOOST_TEST(first(rows, 6) == (Frames{0, 1, 3, 4, 6, 7}));
    BOOST_TEST(rows.total_rows == 40);
    BOOST_TEST(rows.grid.hop_ns == 5e7);
  }
  BOOST_TEST(first(recording_frames({.rate = 60}, table(60, 30, 1e-3)), 6) == (Frames{0, 0, 1, 1, 2, 2}));
  BOOST_TEST(recording_frames({.rate = 30}, table(300, 30, 1e-3)).frames == recording_frames({}, table(300, 30)).frames);
}

BOOST_AUTO_TEST_CASE(repeated_frames_of_a_slower_camera) {
  // 20 Hz inside a 30 fps file: row k is frame ceil(1.5 k - 0.25), taken 13 ms later than 0.05 k.
  const data::FrameTimes times{.rate = 20, .from_fps = 30, .offset_s = 0.013};
  const auto rows = recording_frames(times, table(100, 30, 1e-3));
  BOOST_TEST(first(rows, 7) == (Frames{0, 2, 3, 5, 6, 8, 9}));
  BOOST_TEST(rows.frames.back() == 99);
  BOOST_TEST(rows.total_rows == 67);
  BOOST_TEST(rows.grid.seconds_at(40) == 2.013, boost::test_tools::tolerance(1e-9));
  // A file of another rate is read by time stamp, without the offset.
  const auto other = recording_frames(times, table(100, 20));
  BOOST_TEST(other.total_rows == 100);
  BOOST_TEST(other.frames.back() == 99);
  BOOST_TEST(other.grid.origin == 0);
}

BOOST_AUTO_TEST_CASE(irregular_files_get_rows_at_their_mean_rate) {
  FrameTable made;
  for (const double time : {0.0, 0.1, 0.2, 1.0, 1.1, 2.0}) made.times.push_back(nanoseconds(time));
  made.end = nanoseconds(2.4);
  made.keys = {0};
  made.finish();
  BOOST_TEST(!made.regular());
  BOOST_TEST(made.fps() == 2.5);
  const auto rows = recording_frames({}, made);
  BOOST_TEST(rows.frames == (Frames{0, 2, 2, 4, 4, 5}));  // 0, 0.4, 0.8, 1.2, 1.6, 2.0 s
}

BOOST_AUTO_TEST_CASE(a_window_s_rows_are_those_of_the_whole_at_any_rate) {
  for (const double fps : {20.0, 24000 / 1001.0, 25.0, 30.0, 59.94})
    for (const double rate : {0.0, 3.0, 19.98, 20.0, 24.0, 25.0, 60.0, 100.0})
      for (const int count : {1, 2, 7, 500}) {
        const auto file = table(count, fps, 1e-3);
        for (const data::FrameTimes times :
             {data::FrameTimes{.rate = rate}, data::FrameTimes{.rate = rate, .from_fps = 30, .offset_s = 0.013}}) {
          BOOST_TEST_CONTEXT(fps << " fps, " << rate << " rows/s, from_fps " << times.from_fps << ", " << count << " frames") {
            const auto whole = recording_frames(times, file);
            BOOST_TEST_REQUIRE(whole.total_rows >= 1);
            BOOST_TEST(static_cast<std::int64_t>(whole.frames.size()) == whole.total_rows);
            // The last row begins before the end of the film, one more would not.
            const double hop_s = whole.grid.hop_seconds(), end_s = count / fps;
            BOOST_TEST((whole.total_rows == 1 || static_cast<double>(whole.total_rows - 1) * hop_s < end_s));
            BOOST_TEST(static_cast<double>(whole.total_rows) * hop_s > end_s - 0.05);
            for (std::int64_t first = 0; first < whole.total_rows; first += 1 + whole.total_rows / 5) {
              const auto part = recording_frames(times, file, first, 13);
              const auto length = std::min<std::int64_t>(13, whole.total_rows - first);
              BOOST_TEST(part.frames == Frames(whole.frames.begin() + first, whole.frames.begin() + first + length));
              BOOST_TEST(part.grid.origin == whole.grid.at(static_cast<double>(first)));
            }
          }
        }
      }
}

BOOST_AUTO_TEST_CASE(damage_spoils_what_leans_on_it) {
  auto made = table(20, 10);
  made.keys = {0, 10};
  const auto spoiled = [&](int frame, const Frames& before) {
    std::vector<Nanoseconds> times;
    for (const auto other : before) times.push_back(made.times[static_cast<std::size_t>(other)]);
    const auto damage = made.spoiled(made.times[static_cast<std::size_t>(frame)], times, "x");
    BOOST_REQUIRE(damage);
    return std::pair{damage->first, damage->last};
  };
  // Decoded as 0, 4, 2, 1, 3, 8, 6, …: pictures 5 to 7 come after 8 and lean on it.
  BOOST_TEST((spoiled(8, {0, 4, 2, 1, 3}) == std::pair<std::int64_t, std::int64_t>{5, 10}));
  BOOST_TEST((spoiled(2, {0, 4}) == std::pair<std::int64_t, std::int64_t>{1, 10}));
  BOOST_TEST((spoiled(10, {0, 4, 2, 1, 3, 8, 9}) == std::pair<std::int64_t, std::int64_t>{10, 20}));
  BOOST_TEST((spoiled(14, {}) == std::pair<std::int64_t, std::int64_t>{10, 20}));
  // Pictures that an edit list leaves out: before the first all is spoiled to the next key, after the last what is shown before and
  // decoded later, or nothing.
  const auto left_out = [&](Nanoseconds time, const std::vector<Nanoseconds>& before) {
    const auto damage = made.spoiled(time, before, "x");
    BOOST_REQUIRE(damage);
    return std::pair{damage->first, damage->last};
  };
  const auto frame = made.times[1];
  BOOST_TEST((left_out(-3 * frame, {}) == std::pair<std::int64_t, std::int64_t>{0, 10}));
  BOOST_TEST((left_out(21 * frame, {16 * frame, 17 * frame}) == std::pair<std::int64_t, std::int64_t>{18, 20}));
  BOOST_TEST((left_out(24 * frame, {19 * frame, 22 * frame}) == std::pair<std::int64_t, std::int64_t>{20, 20}));
  BOOST_TEST(!made.spoiled(frame / 2, {}, "x"));
}

BOOST_AUTO_TEST_CASE(windows_end_with_the_recording) {
  const auto file = table(100, 20);
  data::Clip clip;
  clip.name = "piece";
  clip.first_row = 90, clip.rows = 32;
  const auto window = frames_of(clip, file);
  BOOST_TEST(window.frames.size() == 10u);
  BOOST_TEST(window.frames.front() == 90);
  BOOST_TEST(window.grid.origin == nanoseconds(4.5));
  clip.first_row = 100;
  BOOST_CHECK_EXCEPTION(frames_of(clip, file), Error, [](const Error& error) {
    return std::string(error.what()) ==
           "piece: the window begins at row 100, the recording has 100 rows; ask for a window inside the recording; "
           "where windows are drawn, its labels or its table say that it is longer";
  });
}

BOOST_AUTO_TEST_SUITE_END()
