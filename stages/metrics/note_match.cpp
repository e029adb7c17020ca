#include <stages/metrics/note_match.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tivit/error.hpp>

namespace tivit::metrics {
namespace {

double rounded(double seconds) { return std::nearbyint(seconds * 1e4) / 1e4; }

/// Admissible pairs in row-major order. `time` picks what is compared first, within `reach` of which a pair can lie at all.
template <class Time, class Fits>
std::vector<Pair> pairs_within(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, Time time, double shift_s,
                               const Fits& fits) {
  std::vector<int> by_time(estimate.size());
  std::iota(by_time.begin(), by_time.end(), 0);
  std::sort(by_time.begin(), by_time.end(), [&](int a, int b) { return estimate[a].*time < estimate[b].*time; });
  std::vector<Pair> pairs;
  for (int r = 0; r < static_cast<int>(reference.size()); ++r) {
    const double centre = reference[r].*time, reach = fits.reach(reference[r]) + 1e-3;
    auto e =
        std::lower_bound(by_time.begin(), by_time.end(), centre - reach, [&](int i, double t) { return estimate[i].*time + shift_s < t; });
    const auto row = pairs.size();
    for (; e != by_time.end() && estimate[*e].*time + shift_s <= centre + reach; ++e)
      if (fits(reference[r], estimate[*e])) pairs.emplace_back(r, *e);
    std::sort(pairs.begin() + static_cast<std::ptrdiff_t>(row), pairs.end());
  }
  return pairs;
}

struct OnsetFits {
  double tolerance_s, shift_s;
  double reach(const ScoredNote&) const { return tolerance_s; }
  bool operator()(const ScoredNote& r, const ScoredNote& e) const {
    return rounded(std::abs(r.onset_s - (e.onset_s + shift_s))) <= tolerance_s;
  }
};
struct OffsetFits {
  double ratio, min_s, shift_s;
  double reach(const ScoredNote& r) const { return std::max(ratio * std::abs(r.offset_s - r.onset_s), min_s); }
  bool operator()(const ScoredNote& r, const ScoredNote& e) const {
    return rounded(std::abs(r.offset_s - (e.offset_s + shift_s))) <= reach(r);
  }
};
struct NoteFits {
  const Tolerance& tolerance;
  double shift_s;
  double reach(const ScoredNote&) const { return tolerance.onset_s; }
  bool operator()(const ScoredNote& r, const ScoredNote& e) const {
    if (std::abs(r.cents - e.cents) > tolerance.cents || !OnsetFits{tolerance.onset_s, shift_s}(r, e)) return false;
    return !tolerance.offset_ratio || OffsetFits{*tolerance.offset_ratio, tolerance.offset_min_s, shift_s}(r, e);
  }
};

std::vector<Pair> matched(const std::vector<Pair>& pairs, const std::vector<ScoredNote>& reference,
                          const std::vector<ScoredNote>& estimate) {
  return bipartite_match(pairs, static_cast<int>(reference.size()), static_cast<int>(estimate.size()));
}

}  // namespace

std::vector<ScoredNote> scored(const notes::Notes& notes) {
  std::vector<ScoredNote> out;
  out.reserve(notes.list.size());
  for (const auto& note : notes.list) out.push_back({note.onset_s, note.offset_s, 100.0 * note.pitch, static_cast<double>(note.velocity)});
  return out;
}

void check_notes(const std::vector<ScoredNote>& notes, const std::string& where) {
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const auto& note = notes[i];
    const std::string name =
        "note " + std::to_string(i + 1) + " (" + std::to_string(note.onset_s) + " to " + std::to_string(note.offset_s) + " s)";
    if (!(note.onset_s >= 0)) throw Error(name + " begins before the recording", "times count from its first frame", where);
    if (!(note.offset_s > note.onset_s)) throw Error(name + " has no duration", "give every note an offset later than its onset", where);
  }
}

std::vector<Pair> match_notes(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, const Tolerance& tolerance,
                              double shift_s) {
  return matched(pairs_within(reference, estimate, &ScoredNote::onset_s, shift_s, NoteFits{tolerance, shift_s}), reference, estimate);
}
std::vector<Pair> match_onsets(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double onset_s) {
  return matched(pairs_within(reference, estimate, &ScoredNote::onset_s, 0, OnsetFits{onset_s, 0}), reference, estimate);
}
std::vector<Pair> match_offsets(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double ratio,
                                double min_s) {
  return matched(pairs_within(reference, estimate, &ScoredNote::offset_s, 0, OffsetFits{ratio, min_s, 0}), reference, estimate);
}

double average_overlap(const std::vector<Pair>& matches, const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate,
                       double shift_s) {
  double sum = 0;
  for (const auto& [r, e] : matches) {
    const double onset_s = estimate[e].onset_s + shift_s, offset_s = estimate[e].offset_s + shift_s;
    const double both = std::min(reference[r].offset_s, offset_s) - std::max(reference[r].onset_s, onset_s);
    const double either = std::max(reference[r].offset_s, offset_s) - std::min(reference[r].onset_s, onset_s);
    sum += both / either;
  }
  return matches.empty() ? 0 : sum / static_cast<double>(matches.size());
}

Ratios ratios(std::size_t matched, std::size_t reference, std::size_t estimate) {
  if (reference == 0 || estimate == 0 || matched == 0) return {};
  const double precision = static_cast<double>(matched) / static_cast<double>(estimate);
  const double recall = static_cast<double>(matched) / static_cast<double>(reference);
  return {precision, recall, 2 * precision * recall / (precision + recall)};
}

}  // namespace tivit::metrics
