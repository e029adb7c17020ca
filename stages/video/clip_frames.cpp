#include <stages/video/clip_frames.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tivit/error.hpp>

namespace tivit::video {

ClipFrames recording_frames(const data::FrameTimes& times, const FrameTable& table) {
  ClipFrames out;
  if (times.rate > 0 && times.from_fps > 0 && std::abs(table.fps() - times.from_fps) < 0.01 * times.from_fps) {
    for (std::int64_t row = 0;; ++row) {
      const auto frame = static_cast<std::int64_t>(std::ceil(static_cast<double>(row) * times.from_fps / times.rate - 0.25));
      if (frame >= table.count()) break;
      out.frames.push_back(frame);
    }
    out.grid = TimeGrid::from_rate(times.rate, nanoseconds(times.offset_s));
  } else if (times.rate == 0 && table.regular()) {
    out.frames.resize(table.times.size());
    std::iota(out.frames.begin(), out.frames.end(), 0);
    out.grid = TimeGrid::from_rate(table.fps());
  } else {
    const double rate = times.rate > 0 ? times.rate : table.fps();
    // A row that would begin within a millisecond of the end shows nothing.
    const double last = seconds(table.end) - 1e-3;
    for (std::int64_t row = 0; row == 0 || static_cast<double>(row) / rate < last; ++row)
      out.frames.push_back(table.shown_at(static_cast<double>(row) / rate));
    out.grid = TimeGrid::from_rate(rate);
  }
  out.total_rows = static_cast<std::int64_t>(out.frames.size());
  return out;
}

ClipFrames frames_of(const data::Clip& clip, const FrameTable& table) {
  ClipFrames out = recording_frames(clip.frame_times, table);
  if (clip.first_row < 0 || clip.first_row >= out.total_rows)
    throw Error(
        "the window begins at row " + std::to_string(clip.first_row) + ", the recording has " + std::to_string(out.total_rows) + " rows",
        "ask for a window inside the recording; where windows are drawn, its labels or its table say that it is longer", clip.name);
  const auto end = clip.rows < 0 ? out.total_rows : std::min(out.total_rows, clip.first_row + clip.rows);
  out.frames = {out.frames.begin() + clip.first_row, out.frames.begin() + end};
  out.grid = out.grid.from_row(clip.first_row);
  out.first_row = clip.first_row;
  return out;
}

}  // namespace tivit::video
