#pragma once
// The tempo of a performance, from the times between its notes.
#include <vector>

namespace snap {

struct Onset {
  double time_s = 0;
  double confidence = 1;  ///< 0..1
};

struct TempoRules {
  double slowest_bpm = 40, fastest_bpm = 240, step_bpm = 1;
  double least_confidence = 0.15;  ///< weaker onsets are not asked
  int fewest = 12;                 ///< onsets; with fewer there is no tempo
  int most = 2048;                 ///< of more, the strongest are asked
  double width_beats = 0.3;        ///< how far an interval may lie from whole beats, at least step_bpm / 120
};

struct Tempo {
  double bpm = 0;    ///< 0: none
  double score = 0;  ///< 0..1: how near the intervals lie to whole beats
};

/// The tempo whose beats the intervals between onsets are nearest to being multiples of. Pairs up to four beats of the slowest tempo apart
/// count, each with the mean of its confidences. Of equal tempos the slowest is taken.
Tempo estimate_tempo(std::vector<Onset> onsets, const TempoRules& rules);

/// Where the grid of this step lies, 0 <= phase < step: the mean direction of the onsets on a circle of one step, weighted by confidence.
double grid_phase(const std::vector<Onset>& onsets, double step_s);

}  // namespace snap
