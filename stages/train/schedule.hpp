#pragma once
// The learning rate's way through a run: up, then down.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace tivit::train {

struct Schedule {
  double peak = 1e-3;
  double warm_up = 0;            ///< share of all steps in which the rate rises from 0
  double floor = 1;              ///< share of the peak that is left at the end; 1: the rate stays
  std::int64_t total_steps = 0;  ///< 0 only where there is neither warm-up nor floor

  /// The rate of step `step`, counted from 0.
  double at(std::int64_t step) const {
    if (total_steps <= 0) return peak;
    const double rising = warm_up * static_cast<double>(total_steps), now = static_cast<double>(step);
    if (now < rising) return peak * std::min(1.0, (now + 1) / rising);
    const double done = std::clamp((now - rising) / std::max(static_cast<double>(total_steps) - rising, 1.0), 0.0, 1.0);
    return peak * (floor + (1 - floor) * 0.5 * (1 + std::cos(std::numbers::pi * done)));
  }
};

}  // namespace tivit::train
