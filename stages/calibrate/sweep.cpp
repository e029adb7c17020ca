#include <stages/calibrate/sweep.hpp>

#include <algorithm>

namespace tivit::calibrate {
namespace {

/// By value: people give thresholds in any order, and some of them twice.
std::string edge_of(const Sweep& sweep) {
  const auto& winner = sweep.winner();
  const auto any = [&](auto is) { return std::ranges::any_of(sweep.points, is); };
  if (sweep.points.size() > 1 && !any([&](const auto& point) { return point.score.f1() != winner.score.f1(); })) return "flat";
  if (!any([&](const auto& point) { return point.threshold.value < winner.threshold.value; })) return "low";
  return any([&](const auto& point) { return point.threshold.value > winner.threshold.value; }) ? "" : "high";
}

/// `count` values from, from + step, … as the float32 numbers of torch.arange: each eighth is rounded, the next seven count from it.
std::vector<Threshold> steps(double from, double step, std::size_t count, bool is_logit) {
  std::vector<Threshold> thresholds;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t first = i - i % 8;
    const auto eighth = static_cast<float>(std::fma(static_cast<double>(first), step, from));
    thresholds.push_back({static_cast<double>(static_cast<float>(eighth + static_cast<double>(i % 8) * step)), is_logit});
  }
  return thresholds;
}

}  // namespace

Sweep sweep(const std::vector<Threshold>& thresholds, const Objective& objective) {
  Sweep result;
  for (const auto& threshold : thresholds) {
    result.points.push_back({threshold, objective(threshold)});
    if (result.points.back().score.f1() > result.winner().score.f1()) result.best = result.points.size() - 1;
  }
  result.edge = edge_of(result);
  return result;
}

std::pair<Sweep, std::optional<Sweep>> search(const Grid& grid, const Objective& objective, const Hints& hints) {
  std::vector<Threshold> list;
  for (const double probability : grid.probabilities) list.push_back({probability, false});
  if (!list.empty()) return {sweep(list, objective), std::nullopt};
  if (grid.adaptive) return {adaptive_sweep(grid.from, grid.to, grid.step, objective, hints), std::nullopt};
  const auto count = whole_steps(grid.from, grid.to, grid.step) + 1;
  return {sweep(steps(grid.from, grid.step, count, true), objective), sweep(steps(0.01, 0.01, 99, false), objective)};
}

}  // namespace tivit::calibrate
