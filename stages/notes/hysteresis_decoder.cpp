#include <stages/notes/hysteresis_decoder.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tivit::notes {
std::vector<double> median_filtered(const std::vector<double>& curve, std::int64_t width) {
  if (width <= 1) return curve;
  const auto rows = static_cast<std::int64_t>(curve.size());
  std::vector<double> filtered(curve.size()), window(width);
  for (std::int64_t t = 0; t < rows; ++t) {
    for (std::int64_t i = 0; i < width; ++i) window[i] = curve[std::clamp<std::int64_t>(t + i - width / 2, 0, rows - 1)];
    if (std::any_of(window.begin(), window.end(), [](double v) { return std::isnan(v); })) {
      filtered[t] = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    std::nth_element(window.begin(), window.begin() + width / 2, window.end());
    filtered[t] = window[width / 2];
  }
  return filtered;
}

HysteresisRules defaults_of(std::string_view head, const HysteresisDurations& durations) {
  const bool offset = head == "offset";
  return {offset ? 0.32 : 0.36, offset ? 0.24 : 0.28, durations.min_on, durations.min_off, durations.merge_gap, durations.median};
}

HysteresisRules resolve_gates(HysteresisRules fallback, std::optional<double> open, std::optional<double> hold,
                              std::optional<double> hold_share, std::optional<double> threshold) {
  HysteresisRules rules = fallback;
  rules.open = std::clamp(open.value_or(fallback.open), 0.0, 1.0);
  rules.hold = std::clamp(hold ? *hold : hold_share ? rules.open * *hold_share : fallback.hold, 0.0, 1.0);
  if (threshold && !open) {
    if (!hold) rules.hold *= *threshold / rules.open;
    rules.open = *threshold;
  }
  rules.hold = std::min(rules.hold, rules.open);
  rules.min_on = std::max<std::int64_t>(rules.min_on, 0);
  rules.min_off = std::max<std::int64_t>(rules.min_off, 0);
  rules.merge_gap = std::max<std::int64_t>(rules.merge_gap, 0);
  rules.median = std::max<std::int64_t>(rules.median, 1) | 1;
  return rules;
}

std::vector<std::pair<std::int64_t, std::int64_t>> gated_segments(const std::vector<double>& filtered, const HysteresisRules& rules) {
  std::vector<std::pair<std::int64_t, std::int64_t>> segments;
  const auto rows = static_cast<std::int64_t>(filtered.size());
  const auto close = [&](std::int64_t begin, std::int64_t end) {
    if (!segments.empty()) {
      const auto gap = begin - segments.back().second;
      if (gap <= rules.merge_gap || (rules.min_off > 0 && gap < rules.min_off)) {
        segments.back().second = end;
        return;
      }
    }
    segments.emplace_back(begin, end);
  };
  std::int64_t begin = -1;
  for (std::int64_t t = 0; t < rows; ++t) {
    const double value = std::isfinite(filtered[t]) ? filtered[t] : 0;
    if (begin < 0 && value >= rules.open) begin = t;
    if (begin >= 0 && value < rules.hold) close(std::exchange(begin, -1), t);
  }
  if (begin >= 0) close(begin, rows);
  std::erase_if(segments, [&](const auto& s) { return s.second - s.first < rules.min_on; });
  return segments;
}

std::vector<std::pair<std::int64_t, std::int64_t>> hysteresis_segments(const std::vector<double>& curve, const HysteresisRules& rules) {
  return gated_segments(median_filtered(curve, rules.median), rules);
}

}  // namespace tivit::notes
