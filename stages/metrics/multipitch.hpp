#pragma once
// Frame-wise scores of several pitches at once: mir_eval's `multipitch`.
#include <vector>

namespace tivit::metrics {

/// The pitches that sound in each frame, as MIDI numbers; fractions are allowed.
using PitchFrames = std::vector<std::vector<double>>;

struct MultipitchScores {
  double precision = 0, recall = 0, accuracy = 0;
  double substitution_error = 0, miss_error = 0, false_alarm_error = 0, total_error = 0;
};

/// Both sides on the same frames. A pitch within half a semitone counts; with `chroma` octaves do not matter.
MultipitchScores multipitch(const PitchFrames& reference, const PitchFrames& estimate, bool chroma = false);

/// `frames` at `times_s` (ascending) looked up at `target_s`: the nearest frame, the earlier of two equally near, nothing
/// outside the range.
PitchFrames resampled(const PitchFrames& frames, const std::vector<double>& times_s, const std::vector<double>& target_s);

}  // namespace tivit::metrics
