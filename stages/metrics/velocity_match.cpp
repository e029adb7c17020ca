#include <stages/metrics/note_match.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::metrics {

std::vector<Pair> match_velocities(const std::vector<Pair>& matches, const std::vector<ScoredNote>& reference,
                                   const std::vector<ScoredNote>& estimate, double tolerance) {
  if (matches.empty()) return {};
  const auto [low, high] =
      std::minmax_element(reference.begin(), reference.end(), [](const auto& a, const auto& b) { return a.velocity < b.velocity; });
  const double floor = low->velocity, range = std::max(1.0, high->velocity - floor), count = static_cast<double>(matches.size());
  const auto target = [&](const Pair& pair) { return (reference[pair.first].velocity - floor) / range; };
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (const auto& pair : matches) mean_x += estimate[pair.second].velocity / count, mean_y += target(pair) / count;
  for (const auto& pair : matches) {
    const double x = estimate[pair.second].velocity - mean_x;
    xx += x * x;
    xy += x * (target(pair) - mean_y);
  }
  const double slope = xx > 0 ? xy / xx : 0;
  std::vector<Pair> kept;
  for (const auto& pair : matches)
    if (std::abs(mean_y + slope * (estimate[pair.second].velocity - mean_x) - target(pair)) < tolerance) kept.push_back(pair);
  return kept;
}

}  // namespace tivit::metrics
