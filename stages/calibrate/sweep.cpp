#include <stages/calibrate/sweep.hpp>

#include <algorithm>
#include <map>

namespace tivit::calibrate {
namespace {

std::string edge_of(const Sweep& sweep, std::size_t first, std::size_t last) {
  const auto f1 = [&](std::size_t i) { return sweep.points[i].score.f1(); };
  const bool flat = std::all_of(sweep.points.begin(), sweep.points.end(), [&](const auto& point) { return point.score.f1() == f1(0); });
  if (sweep.points.size() > 1 && flat) return "flat";
  if (first == 0) return "low";
  return last + 1 == sweep.points.size() ? "high" : "";
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
  result.edge = edge_of(result, result.best, result.best);
  return result;
}

Sweep adaptive_sweep(double from, double to, double step, const Objective& objective) {
  // Places are counted in steps from `from`, so that no logit is tried twice.
  std::map<std::int64_t, Score> tried;
  const auto logit = [&](std::int64_t place) { return from + static_cast<double>(place) * step; };
  const auto attempt = [&](std::int64_t place) {
    if (!tried.contains(place)) tried[place] = objective({logit(place), true});
  };
  const auto best = [&] {
    return std::max_element(tried.begin(), tried.end(), [](const auto& a, const auto& b) { return a.second.f1() < b.second.f1(); })->first;
  };
  const auto width = std::max<std::int64_t>(1, std::llround((to - from) / step));
  const auto stride = std::max<std::int64_t>(1, width / 12);
  for (std::int64_t place = 0; place <= width; place += stride) attempt(place);
  for (;;) {
    const auto at = best(), low = tried.begin()->first, high = tried.rbegin()->first;
    // On a plateau that reaches the upper edge the first of equals is not the edge itself.
    const bool at_high = tried.rbegin()->second.f1() == tried[at].f1();
    if (at == low && logit(low - stride) >= -reach)
      attempt(low - stride);
    else if (at_high && logit(high + stride) <= reach)
      attempt(high + stride);
    else
      break;
  }
  const auto centre = best();
  for (auto place = centre - stride + 1; place < centre + stride; ++place)
    if (place >= tried.begin()->first && place <= tried.rbegin()->first) attempt(place);
  Sweep result;
  for (const auto& [place, score] : tried) result.points.push_back({{logit(place), true}, score});
  const auto better = [](const auto& a, const auto& b) { return a.score.f1() < b.score.f1(); };
  const auto first = static_cast<std::size_t>(std::max_element(result.points.begin(), result.points.end(), better) - result.points.begin());
  auto last = first;
  while (last + 1 < result.points.size() && result.points[last + 1].score.f1() == result.points[first].score.f1()) ++last;
  result.best = first + (last - first) / 2;
  result.edge = edge_of(result, first, last);
  return result;
}

std::pair<Sweep, std::optional<Sweep>> search(const Grid& grid, const Objective& objective) {
  std::vector<Threshold> list;
  for (const double probability : grid.probabilities) list.push_back({probability, false});
  if (!list.empty()) return {sweep(list, objective), std::nullopt};
  if (grid.adaptive) return {adaptive_sweep(grid.from, grid.to, grid.step, objective), std::nullopt};
  const auto count = static_cast<std::size_t>(std::llround((grid.to - grid.from) / grid.step)) + 1;
  return {sweep(steps(grid.from, grid.step, count, true), objective), sweep(steps(0.01, 0.01, 99, false), objective)};
}

}  // namespace tivit::calibrate
