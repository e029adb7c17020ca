#pragma once
// What stages that open a clip's video have in common.
#include <stages/data/clip.hpp>
#include <stages/video/clip_frames.hpp>
#include <stages/video/video_file.hpp>
#include <tivit/stage.hpp>

namespace tivit::video {

/// Waits in video code end when the run is cancelled.
inline Stop stop_of(const RunContext& run) {
  return [flag = run.cancel_flag] { return flag && flag->load(std::memory_order_relaxed); };
}
inline Stop stop_of(const Context& context) { return stop_of(context.run()); }

/// The clip with its window spelled out: first_row, and how many rows there really are.
inline data::Clip resolved(data::Clip clip, const ClipFrames& frames) {
  clip.first_row = frames.first_row;
  clip.rows = static_cast<std::int64_t>(frames.frames.size());
  return clip;
}

inline SourceName source_name(const data::Clip& clip, const ClipFrames& frames) {
  return {clip.name, frames.grid.seconds_at(0), frames.grid.seconds_at(static_cast<double>(frames.frames.size()))};
}

}  // namespace tivit::video
