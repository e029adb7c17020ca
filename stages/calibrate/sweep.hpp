#pragma once
// Trying thresholds: on a grid that is given, or on one that grows and narrows around the best.
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tivit::calibrate {

inline double sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

/// A value of a head at and above which something counts; as a logit or as a probability.
struct Threshold {
  double value = 0;
  bool is_logit = true;
  double logit() const { return is_logit ? value : std::log(value / (1 - value)); }
  double probability() const { return is_logit ? sigmoid(value) : value; }
};

/// What a threshold gives: notes or cells that agree, that should be there, that were found.
struct Score {
  std::size_t matched = 0, reference = 0, estimate = 0;
  double precision() const { return estimate ? static_cast<double>(matched) / static_cast<double>(estimate) : 0; }
  double recall() const { return reference ? static_cast<double>(matched) / static_cast<double>(reference) : 0; }
  double f1() const { return matched ? 2.0 * static_cast<double>(matched) / static_cast<double>(reference + estimate) : 0; }
};
using Objective = std::function<Score(const Threshold&)>;

struct Sweep {
  struct Point {
    Threshold threshold;
    Score score;
  };
  std::vector<Point> points;  ///< by threshold
  std::size_t best = 0;       ///< of points
  /// "low" or "high" when nothing was tried beyond the best threshold on that side, "all" when all that the head says counts at it, so
  /// that nothing lies beyond, "flat" when all are alike; else "".
  std::string edge;
  const Point& winner() const { return points[best]; }
};

/// How many whole steps lie between two values; what a decimal fraction lacks in binary is no step.
inline std::size_t whole_steps(double from, double to, double step) {
  return static_cast<std::size_t>(std::floor((to - from) / step + 1e-9));
}

/// These thresholds, in this order, which need not rise; the first of the best wins.
Sweep sweep(const std::vector<Threshold>& thresholds, const Objective& objective);

/// What is known of a head before any threshold is tried.
struct Hints {
  std::vector<float> said;       ///< its calibrated logits, rising
  std::optional<double> likely;  ///< a threshold that is worth trying
};

/// Each logit from `from` to `to` in steps of `step`; as far as `reach` outside and between the steps where the head says much (no
/// threshold lets half as much again count as the next one) and while the best lies on an edge; then finer around the best few. So the
/// best is never worse than that of the plain grid. Of equally good neighbours the middle one wins.
Sweep adaptive_sweep(double from, double to, double step, const Objective& objective, const Hints& hints = {});
constexpr double reach = 16;

/// Which thresholds are tried.
struct Grid {
  double from = -4, to = 2, step = 0.05;  ///< logits
  bool adaptive = true;                   ///< else every step from `from` to `to`, and probabilities 0.01, 0.02, … 0.99
  std::vector<double> probabilities;      ///< these alone, where there are any
};
/// By logits, or over the probabilities given; a second sweep by probabilities where the grid is fixed.
std::pair<Sweep, std::optional<Sweep>> search(const Grid& grid, const Objective& objective, const Hints& hints = {});

}  // namespace tivit::calibrate
