#include <stages/metrics/step_scores.hpp>

#include <cmath>
#include <vector>

namespace tivit::metrics {
namespace {

constexpr double epsilon = 1e-8;

/// Steps of the active cells of one member and key.
std::vector<std::int64_t> steps_of(const bool* cells, std::int64_t steps, std::int64_t stride) {
  std::vector<std::int64_t> found;
  for (std::int64_t t = 0; t < steps; ++t)
    if (cells[t * stride]) found.push_back(t);
  return found;
}

std::int64_t matches(const std::vector<std::int64_t>& predicted, std::vector<std::int64_t> left, double tolerance) {
  std::int64_t hits = 0;
  for (const auto step : predicted) {
    auto nearest = left.end();
    for (auto it = left.begin(); it != left.end(); ++it)
      if (nearest == left.end() || std::abs(*it - step) < std::abs(*nearest - step)) nearest = it;
    if (nearest == left.end() || static_cast<double>(std::abs(*nearest - step)) > tolerance) continue;
    left.erase(nearest);
    ++hits;
  }
  return hits;
}

}  // namespace

double StepCounts::precision() const { return static_cast<double>(tp) / (static_cast<double>(tp + fp) + epsilon); }
double StepCounts::recall() const { return static_cast<double>(tp) / (static_cast<double>(tp + fn) + epsilon); }
double StepCounts::f1() const {
  const double p = precision(), r = recall();
  return 2 * p * r / (p + r + epsilon);
}

StepCounts cell_counts(const at::Tensor& predicted, const at::Tensor& target) {
  const auto hits = predicted.logical_and(target).sum().item<std::int64_t>();
  return {hits, predicted.sum().item<std::int64_t>() - hits, target.sum().item<std::int64_t>() - hits};
}

StepCounts event_counts(const at::Tensor& predicted, const at::Tensor& target, double tolerance_steps) {
  const at::Tensor found = predicted.contiguous(), truth = target.contiguous();
  const auto members = found.size(0), steps = found.size(1), keys = found.size(2);
  StepCounts counts;
  for (std::int64_t b = 0; b < members; ++b)
    for (std::int64_t k = 0; k < keys; ++k) {
      const auto first = b * steps * keys + k;
      const auto events = steps_of(found.const_data_ptr<bool>() + first, steps, keys);
      const auto wanted = steps_of(truth.const_data_ptr<bool>() + first, steps, keys);
      const auto hits = matches(events, wanted, tolerance_steps);
      counts += {hits, static_cast<std::int64_t>(events.size()) - hits, static_cast<std::int64_t>(wanted.size()) - hits};
    }
  return counts;
}

}  // namespace tivit::metrics
