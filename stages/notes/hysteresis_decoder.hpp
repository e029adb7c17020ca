#pragma once
// Two thresholds instead of one: a segment opens at the higher and lasts until the curve falls below the lower.
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace tivit::notes {

struct HysteresisRules {
  double open = 0.36;
  double hold = 0.28;
  std::int64_t min_on = 2;     ///< rows; shorter segments are dropped
  std::int64_t min_off = 2;    ///< rows; shorter gaps are closed
  std::int64_t merge_gap = 1;  ///< rows; gaps up to this are closed
  std::int64_t median = 3;     ///< rows of the median filter in front, odd
};

/// The usual gates of a head ("offset" has lower ones than the others), with the durations of `durations`.
struct HysteresisDurations {
  std::int64_t min_on = 2, min_off = 2, merge_gap = 1, median = 3;  ///< as in HysteresisRules
};
/// Of a head that is high in a single row, such as onsets: nothing may be filtered away or joined.
constexpr HysteresisDurations single_rows{1, 0, 0, 1};
HysteresisRules defaults_of(std::string_view head, const HysteresisDurations& durations);

/// Gates as people give them: `open` alone, `hold` alone, or `hold` as a share of `open`. `fallback` fills what is not given.
/// Without `open`, a `threshold` is the open gate, and a hold that is not given keeps its share of open. Hold never exceeds open.
HysteresisRules resolve_gates(HysteresisRules fallback, std::optional<double> open, std::optional<double> hold,
                              std::optional<double> hold_share, std::optional<double> threshold);

/// The curve after the median filter of `width` rows in front of the gates.
std::vector<double> median_filtered(const std::vector<double>& curve, std::int64_t width);
/// Segments [begin, end) of a curve that is filtered already.
std::vector<std::pair<std::int64_t, std::int64_t>> gated_segments(const std::vector<double>& filtered, const HysteresisRules& rules);
/// Segments [begin, end) of one curve. Values that are not finite count as 0; in a median window they spoil the whole window.
std::vector<std::pair<std::int64_t, std::int64_t>> hysteresis_segments(const std::vector<double>& curve, const HysteresisRules& rules);

}  // namespace tivit::notes
