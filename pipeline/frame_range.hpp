#pragma once
// Which part of its recording an item shows. Travels beside it; quarantine.jsonl names it.
#include <cstdint>

namespace tivit {

/// Rows [first, end) of the recording's time grid: one a frame, or as many a second as the graph asks for.
struct FrameRange {
  std::int64_t first = 0, end = 0;
  std::int64_t last = -1;  ///< where the part of the recording that is looked at ends; -1: nobody says. For the progress line
};

}  // namespace tivit
