#include <stages/metrics/bipartite_match.hpp>
#include <stages/metrics/multipitch.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::metrics {
namespace {

constexpr double window = 0.5;

double positive_modulo(double value, double modulus) { return value - modulus * std::floor(value / modulus); }

bool near(double reference, double estimate, bool chroma) {
  if (!chroma) return reference >= estimate - window && reference <= estimate + window;
  const double around = std::fmod(std::abs(positive_modulo(reference, 12) - positive_modulo(estimate, 12)), 12);
  return std::min(around, 12 - around) <= window;
}

int hits(const std::vector<double>& reference, const std::vector<double>& estimate, bool chroma) {
  std::vector<Pair> pairs;
  for (int r = 0; r < static_cast<int>(reference.size()); ++r)
    for (int e = 0; e < static_cast<int>(estimate.size()); ++e)
      if (near(reference[r], estimate[e], chroma)) pairs.emplace_back(r, e);
  return static_cast<int>(bipartite_match(pairs, static_cast<int>(reference.size()), static_cast<int>(estimate.size())).size());
}

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

MultipitchScores multipitch(const PitchFrames& reference, const PitchFrames& estimate, bool chroma) {
  double hit = 0, references = 0, estimates = 0, substituted = 0, missed = 0, false_alarms = 0, total = 0;
  for (std::size_t t = 0; t < reference.size(); ++t) {
    const double r = static_cast<double>(reference[t].size()), e = static_cast<double>(estimate[t].size());
    const double h = r > 0 && e > 0 ? hits(reference[t], estimate[t], chroma) : 0;
    hit += h, references += r, estimates += e;
    substituted += std::min(r, e) - h;
    missed += std::max(r - e, 0.0);
    false_alarms += std::max(e - r, 0.0);
    total += std::max(r, e) - h;
  }
  return {share(hit, estimates),          share(hit, references),    share(hit, references + estimates - hit),
          share(substituted, references), share(missed, references), share(false_alarms, references),
          share(total, references)};
}

PitchFrames resampled(const PitchFrames& frames, const std::vector<double>& times_s, const std::vector<double>& target_s) {
  PitchFrames out(target_s.size());
  if (times_s.empty()) return out;
  std::vector<double> borders;
  for (std::size_t i = 0; i + 1 < times_s.size(); ++i) borders.push_back(times_s[i] + (times_s[i + 1] - times_s[i]) / 2);
  for (std::size_t k = 0; k < target_s.size(); ++k) {
    if (target_s[k] < times_s.front() || target_s[k] > times_s.back()) continue;
    out[k] = frames[static_cast<std::size_t>(std::lower_bound(borders.begin(), borders.end(), target_s[k]) - borders.begin())];
  }
  return out;
}

}  // namespace tivit::metrics
