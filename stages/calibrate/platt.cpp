#include <stages/calibrate/platt.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::calibrate {
namespace {

constexpr double weight = 1e-4;

/// The objective with its derivatives by scale and bias.
struct Terms {
  double value = 0, by_scale = 0, by_bias = 0, scale_scale = 0, scale_bias = 0, bias_bias = 0;
};

double objective(const std::vector<float>& logits, const std::vector<float>& targets, const Line& line) {
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double u = line.at(logits[i]);
    sum += std::max(u, 0.0) + std::log1p(std::exp(-std::abs(u))) - targets[i] * u;
  }
  return sum / static_cast<double>(logits.size()) + weight * ((line.scale - 1) * (line.scale - 1) + line.bias * line.bias);
}

Terms terms(const std::vector<float>& logits, const std::vector<float>& targets, const Line& line) {
  Terms sum;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double z = logits[i], p = sigmoid(line.at(z)), error = p - targets[i], curve = p * (1 - p);
    sum.by_scale += error * z;
    sum.by_bias += error;
    sum.scale_scale += curve * z * z;
    sum.scale_bias += curve * z;
    sum.bias_bias += curve;
  }
  const double share = 1 / static_cast<double>(logits.size());
  for (double* term : {&sum.by_scale, &sum.by_bias, &sum.scale_scale, &sum.scale_bias, &sum.bias_bias}) *term *= share;
  sum.value = objective(logits, targets, line);
  sum.by_scale += 2 * weight * (line.scale - 1);
  sum.by_bias += 2 * weight * line.bias;
  sum.scale_scale += 2 * weight;
  sum.bias_bias += 2 * weight;
  return sum;
}

}  // namespace

Fit fit_line(const std::vector<float>& logits, const std::vector<float>& targets, bool with_bias) {
  const auto positive = std::any_of(targets.begin(), targets.end(), [](float t) { return t >= 0.5f; });
  const auto negative = std::any_of(targets.begin(), targets.end(), [](float t) { return t < 0.5f; });
  if (!positive || !negative) return {{}, 0, positive ? "nothing is negative" : "nothing is positive"};
  Line line;
  for (int step = 0; step < 200; ++step) {
    const Terms at = terms(logits, targets, line);
    double by_scale = at.by_scale / at.scale_scale, by_bias = 0;
    if (with_bias) {
      const double determinant = at.scale_scale * at.bias_bias - at.scale_bias * at.scale_bias;
      by_scale = (at.bias_bias * at.by_scale - at.scale_bias * at.by_bias) / determinant;
      by_bias = (at.scale_scale * at.by_bias - at.scale_bias * at.by_scale) / determinant;
    }
    // Far from the minimum a whole step may go up; then a shorter one does not.
    double length = 1;
    Line next;
    for (;; length /= 2) {
      next = {line.scale - length * by_scale, line.bias - length * by_bias};
      if (length < 1e-9 || objective(logits, targets, next) <= at.value) break;
    }
    const bool arrived = std::abs(next.scale - line.scale) + std::abs(next.bias - line.bias) < 1e-10;
    line = next;
    if (arrived) break;
  }
  if (line.scale < 1e-6) return {{}, objective(logits, targets, {}), "higher logits are no more often right"};
  return {line, objective(logits, targets, line), ""};
}

}  // namespace tivit::calibrate
