#pragma once
// Which estimated notes count as which reference notes: mir_eval's rules (its `transcription` and `transcription_velocity`).
#include <optional>
#include <stages/metrics/bipartite_match.hpp>
#include <stages/notes/note.hpp>
#include <vector>

namespace tivit::metrics {

/// A note as the rules see it. Pitch is in cents, so that any tuning can be scored; a MIDI number is 100 of them.
struct ScoredNote {
  double onset_s = 0, offset_s = 0, cents = 0;
  double velocity = 64;
};
std::vector<ScoredNote> scored(const notes::Notes& notes);
/// Throws Error (at `where`) for notes that mir_eval refuses: negative times, no duration.
void check_notes(const std::vector<ScoredNote>& notes, const std::string& where);

struct Tolerance {
  double onset_s = 0.05;
  std::optional<double> offset_ratio = 0.2;  ///< of the reference's duration; nothing: offsets do not matter
  double offset_min_s = 0.05;
  double cents = 50;
};

/// Differences are rounded to 4 decimals before they are compared, `<=` counts; estimates are taken `shift_s` later.
std::vector<Pair> match_notes(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, const Tolerance& tolerance,
                              double shift_s = 0);
/// Times alone, whatever the pitch.
std::vector<Pair> match_onsets(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double onset_s = 0.05);
std::vector<Pair> match_offsets(const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate, double ratio = 0.2,
                                double min_s = 0.05);
/// Of `matches`, those whose velocities agree (strictly) after one straight line has mapped the estimate's to the reference's range.
std::vector<Pair> match_velocities(const std::vector<Pair>& matches, const std::vector<ScoredNote>& reference,
                                   const std::vector<ScoredNote>& estimate, double tolerance = 0.1);

/// Mean of intersection over union of the matched intervals, 0 without matches.
double average_overlap(const std::vector<Pair>& matches, const std::vector<ScoredNote>& reference, const std::vector<ScoredNote>& estimate,
                       double shift_s = 0);

struct Ratios {
  double precision = 0, recall = 0, f1 = 0;
};
/// All 0 when either side is empty.
Ratios ratios(std::size_t matched, std::size_t reference, std::size_t estimate);

}  // namespace tivit::metrics
