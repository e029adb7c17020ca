#pragma once
// Seconds and frame numbers in float32, as the original Python system computes them: float32 decides a few frames otherwise
// than double would. Everything that need not agree with it to the frame uses TimeGrid.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace tivit::labels {

/// round(time / hop) in float32, ties to even, then `+ offset`, then clamped to [0, last].
inline std::int64_t frame_of(double time_s, double hop_s, std::int64_t offset = 0, std::optional<std::int64_t> last = {}) {
  const auto frame = static_cast<std::int64_t>(std::nearbyint(static_cast<float>(time_s) / static_cast<float>(hop_s))) + offset;
  return last ? std::clamp<std::int64_t>(frame, 0, *last) : frame;
}

/// (frame - offset) * hop in float32.
inline float seconds_of(std::int64_t frame, double hop_s, std::int64_t offset = 0) {
  return static_cast<float>(frame - offset) * static_cast<float>(hop_s);
}

}  // namespace tivit::labels
