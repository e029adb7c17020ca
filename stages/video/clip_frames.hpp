#pragma once
// Which frames of its video a clip shows, and when they were taken.
#include <cstdint>
#include <stages/data/clip.hpp>
#include <stages/video/frame_table.hpp>
#include <vector>

namespace tivit::video {

struct ClipFrames {
  std::vector<std::int64_t> frames;  ///< of the file, one for each row of the window; never falling
  TimeGrid grid;                     ///< of the window's rows
  std::int64_t first_row = 0;        ///< the window's first row in the recording
  std::int64_t total_rows = 0;       ///< of the recording
};

/// `count` rows of a recording from row `first` on, or fewer where it ends; -1: all. After `data::FrameTimes`: a video of irregular rate
/// has rows at its mean rate, each showing what is on screen then. Takes as long as it gives rows, wherever they lie.
ClipFrames recording_frames(const data::FrameTimes& times, const FrameTable& table, std::int64_t first = 0, std::int64_t count = -1);
/// The rows of the clip's window; one that runs over the recording's end is shorter. Throws Error for a window beyond it.
ClipFrames frames_of(const data::Clip& clip, const FrameTable& table);

}  // namespace tivit::video
