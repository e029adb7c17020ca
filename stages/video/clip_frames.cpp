#include <stages/video/clip_frames.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

/// Which frame each row of a recording shows. A window asks for its own rows alone: an hour has many windows.
struct Rows {
  std::function<std::int64_t(std::int64_t row)> frame;
  std::int64_t count = 0;
  TimeGrid grid;
};

/// The least number from `guess` on, or before it, for which `ended` holds; it holds for all above.
template <class Ended>
std::int64_t first_that(std::int64_t guess, const Ended& ended) {
  while (guess > 0 && ended(guess - 1)) --guess;
  while (!ended(guess)) ++guess;
  return guess;
}

Rows rows_of(const data::FrameTimes& times, const FrameTable& table) {
  if (times.rate > 0 && times.from_fps > 0 && std::abs(table.fps() - times.from_fps) < 0.01 * times.from_fps) {
    const auto frame = [=](std::int64_t row) {
      return static_cast<std::int64_t>(std::ceil(static_cast<double>(row) * times.from_fps / times.rate - 0.25));
    };
    const auto frames = table.count();
    const auto guess = std::llround(static_cast<double>(frames) * times.rate / times.from_fps);
    return {frame, first_that(guess, [&](std::int64_t row) { return frame(row) >= frames; }),
            TimeGrid::from_rate(times.rate, nanoseconds(times.offset_s))};
  }
  if (times.rate == 0 && table.regular()) return {[](std::int64_t row) { return row; }, table.count(), TimeGrid::from_rate(table.fps())};
  const double rate = times.rate > 0 ? times.rate : table.fps();
  // A row that would begin within a millisecond of the end shows nothing.
  const double last = seconds(table.end) - 1e-3;
  const auto ended = [&](std::int64_t row) { return row > 0 && static_cast<double>(row) / rate >= last; };
  return {[&table, rate](std::int64_t row) { return table.shown_at(static_cast<double>(row) / rate); },
          first_that(std::llround(std::max(0.0, last) * rate), ended), TimeGrid::from_rate(rate)};
}

}  // namespace

ClipFrames recording_frames(const data::FrameTimes& times, const FrameTable& table, std::int64_t first, std::int64_t count) {
  const Rows rows = rows_of(times, table);
  ClipFrames out{{}, rows.grid.from_row(first), first, rows.count};
  const auto end = count < 0 ? rows.count : std::min(rows.count, first + count);
  for (auto row = first; row < end; ++row) out.frames.push_back(rows.frame(row));
  return out;
}

ClipFrames frames_of(const data::Clip& clip, const FrameTable& table) {
  ClipFrames out = recording_frames(clip.frame_times, table, clip.first_row, clip.rows);
  if (clip.first_row < 0 || clip.first_row >= out.total_rows)
    throw Error(
        "the window begins at row " + std::to_string(clip.first_row) + ", the recording has " + std::to_string(out.total_rows) + " rows",
        "ask for a window inside the recording; where windows are drawn, its labels or its table say that it is longer", clip.name);
  return out;
}

}  // namespace tivit::video
