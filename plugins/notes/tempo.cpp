#include "tempo.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace snap {
namespace {

/// A time between two onsets, and what it counts.
struct Interval {
  double seconds, weight;
};

std::vector<Interval> intervals_of(std::vector<Onset> onsets, double longest_s) {
  std::sort(onsets.begin(), onsets.end(), [](const Onset& a, const Onset& b) { return a.time_s < b.time_s; });
  std::vector<Interval> intervals;
  for (std::size_t i = 0; i < onsets.size(); ++i)
    for (std::size_t j = i + 1; j < onsets.size() && onsets[j].time_s - onsets[i].time_s <= longest_s; ++j)
      // Notes of one chord tell nothing of the tempo.
      if (const double seconds = onsets[j].time_s - onsets[i].time_s; seconds > 1e-3)
        intervals.push_back({seconds, 0.5 * (onsets[i].confidence + onsets[j].confidence)});
  return intervals;
}

}  // namespace

Tempo estimate_tempo(std::vector<Onset> onsets, const TempoRules& rules) {
  std::erase_if(onsets, [&](const Onset& onset) { return onset.confidence < rules.least_confidence; });
  if (static_cast<int>(onsets.size()) < rules.fewest) return {};
  if (static_cast<int>(onsets.size()) > rules.most) {
    std::stable_sort(onsets.begin(), onsets.end(), [](const Onset& a, const Onset& b) { return a.confidence > b.confidence; });
    onsets.resize(static_cast<std::size_t>(rules.most));
  }
  const auto intervals = intervals_of(std::move(onsets), 4 * 60 / rules.slowest_bpm);
  double sum = 0;
  for (const auto& interval : intervals) sum += interval.weight;
  if (sum <= 0) return {};
  const double width = std::max(rules.width_beats, rules.step_bpm / 120);
  Tempo best;
  for (int k = 0; rules.slowest_bpm + k * rules.step_bpm <= rules.fastest_bpm + 1e-9; ++k) {
    const double bpm = rules.slowest_bpm + k * rules.step_bpm, beat_s = 60 / bpm;
    double score = 0;
    for (const auto& interval : intervals) {
      const double beats = interval.seconds / beat_s, off = (beats - std::round(beats)) / width;
      score += interval.weight * std::exp(-0.5 * off * off);
    }
    if (score / sum > best.score + 1e-12) best = {bpm, score / sum};
  }
  return best;
}

double grid_phase(const std::vector<Onset>& onsets, double step_s) {
  double x = 0, y = 0;
  for (const auto& onset : onsets) {
    const double angle = 2 * std::numbers::pi * onset.time_s / step_s;
    x += onset.confidence * std::cos(angle);
    y += onset.confidence * std::sin(angle);
  }
  const double turn = std::atan2(y, x) / (2 * std::numbers::pi);
  return (turn < 0 ? turn + 1 : turn) * step_s;
}

}  // namespace snap
