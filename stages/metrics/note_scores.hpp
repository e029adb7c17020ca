#pragma once
// The note scores of one recording, and of many.
#include <nlohmann/json.hpp>
#include <stages/metrics/note_match.hpp>
#include <vector>

namespace tivit::metrics {

/// Precision, recall, F1 and matches for each measure (`note_onset_f1_50ms`, `note_onset_offset_f1_50ms`, …), the mean absolute
/// and the mean signed onset error of the notes matched at 50 ms (null when there are none).
nlohmann::json note_scores(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double shift_s,
                           bool velocity);

/// The shift of the estimate, -reach..reach in steps, with the best onset F1 at 50 ms; of equals the smallest.
double best_shift(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double reach_s, double step_s);

/// The notes of all recordings taken together: counts added up before the ratios are formed.
nlohmann::json pooled_note_scores(const nlohmann::json& recordings, const std::string& part, bool velocity);

}  // namespace tivit::metrics
