#include <stages/metrics/note_scores.hpp>

#include <cmath>

namespace tivit::metrics {
namespace {

using nlohmann::json;

struct Measure {
  std::string stem, tail;  ///< of the figures' names: `<stem>_f1_<tail>`
  Tolerance tolerance;
  bool velocity = false;
  std::string name(const char* figure) const { return stem + "_" + figure + "_" + tail; }
};

/// Onset alone, onset and offset as mir_eval has it by default, and offsets as strict as onsets ("++Off").
std::vector<Measure> measures(bool velocity) {
  std::vector<Measure> list{{"note_onset", "50ms", {0.05, std::nullopt}},
                            {"note_onset", "100ms", {0.1, std::nullopt}},
                            {"note_onset_offset", "50ms", {}},
                            {"note_onset_offset_strict", "50ms", {0.05, 0.0, 0.05}},
                            {"note_onset_offset_strict", "100ms", {0.1, 0.0, 0.1}}};
  if (velocity) list.push_back({"note_onset_velocity", "50ms", {0.05, std::nullopt}, true});
  return list;
}

void put_ratios(json& into, const Measure& measure, std::size_t matched, std::size_t reference, std::size_t estimate) {
  const Ratios r = ratios(matched, reference, estimate);
  into[measure.name("precision")] = r.precision;
  into[measure.name("recall")] = r.recall;
  into[measure.name("f1")] = r.f1;
  into[measure.name("matched")] = matched;
}

}  // namespace

json note_scores(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double shift_s, bool velocity) {
  json scores;
  for (const auto& measure : measures(velocity)) {
    auto matches = match_notes(reference, estimate, measure.tolerance, shift_s);
    if (measure.velocity) matches = match_velocities(matches, reference, estimate);
    put_ratios(scores, measure, matches.size(), reference.size(), estimate.size());
    scores[measure.name("overlap")] = average_overlap(matches, reference, estimate, shift_s);
    if (measure.stem != "note_onset" || measure.tail != "50ms") continue;
    double absolute = 0, with_sign = 0;
    for (const auto& [r, e] : matches) {
      const double error_ms = 1e3 * (estimate[e].onset_s + shift_s - reference[r].onset_s);
      absolute += std::abs(error_ms), with_sign += error_ms;
    }
    const double count = static_cast<double>(matches.size());
    scores["onset_error_ms"] = matches.empty() ? json() : json(absolute / count);
    scores["onset_bias_ms"] = matches.empty() ? json() : json(with_sign / count);
  }
  return scores;
}

double best_shift(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double reach_s, double step_s) {
  const Tolerance onsets{0.05, std::nullopt};
  const int steps = static_cast<int>(std::floor(reach_s / step_s + 1e-9));
  double best = 0;
  std::size_t most = match_notes(reference, estimate, onsets).size();
  for (int i = 1; i <= steps; ++i)
    for (const double shift_s : {i * step_s, -i * step_s}) {
      const std::size_t matched = match_notes(reference, estimate, onsets, shift_s).size();
      if (matched > most) most = matched, best = shift_s;
    }
  return best;
}

json pooled_note_scores(const json& recordings, const std::string& part, bool velocity) {
  json pooled = json::object();
  for (const auto& measure : measures(velocity)) {
    std::size_t matched = 0, reference = 0, estimate = 0;
    for (const auto& recording : recordings) {
      matched += recording.at(part).at(measure.name("matched")).get<std::size_t>();
      reference += recording.at("reference_notes").get<std::size_t>();
      estimate += recording.at("estimated_notes").get<std::size_t>();
    }
    put_ratios(pooled, measure, matched, reference, estimate);
  }
  return pooled;
}

}  // namespace tivit::metrics
