#pragma once
// The line that calibrates logits best (Platt scaling; with its bias held at 0, temperature scaling).
#include <stages/calibrate/cells.hpp>
#include <string>

namespace tivit::calibrate {

struct Fit {
  Line line;
  double objective = 0;  ///< mean cross-entropy + 1e-4 ((scale - 1)^2 + bias^2)
  std::string refused;   ///< why the line is the identity; "" when it was fitted
};

/// The minimum of the objective, by Newton's method: it is convex. Without positives or without negatives, and where logits rise
/// as truth falls, the identity, with the reason.
Fit fit_line(const std::vector<float>& logits, const std::vector<float>& targets, bool with_bias);

}  // namespace tivit::calibrate
