#pragma once
// From the curves of one key to its notes: peaks of the onset curve, ends by the frame curve.
#include <utility>
#include <vector>

namespace tivit::notes {

struct PeakRules {
  double onset_threshold = 0.5;  ///< least probability of a peak
  double frame_support = 0.3;    ///< least frame probability near a peak
  double support_rows = 3;       ///< how near
  double merge_rows = 2;         ///< of peaks closer than this the higher one stays
  double frame_end = 0.6;        ///< a note ends where the frame curve crosses this
  double shortest_rows = 1;      ///< notes are made at least this long, unless the key is struck again before
};

/// Local maxima of one curve as (row, height). The row is a real number: the centre of the triangle that passes through the
/// maximum and its neighbours, at most half a row off; a plateau counts once, at its middle.
std::vector<std::pair<double, double>> local_maxima(const std::vector<double>& curve, double threshold);

/// Begin and end of the notes of one key, in rows; ends are later than begins, and no note reaches into the next. `peaks` are the
/// local maxima of its onset curve; those below the threshold do not count.
std::vector<std::pair<double, double>> key_notes(const std::vector<std::pair<double, double>>& peaks, const std::vector<double>& frame,
                                                 const PeakRules& rules);

}  // namespace tivit::notes
