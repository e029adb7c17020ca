#include <stages/notes/onset_peaks.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::notes {
namespace {

/// Comparing row distances that come from seconds: 2 rows are not "closer than 2 rows" because of rounding.
constexpr double slack = 1e-9;

bool supported(const std::vector<double>& frame, double row, const PeakRules& rules) {
  const int last = static_cast<int>(frame.size()) - 1;
  // A peak between two rows is near both, however short the support.
  const double first = std::min(std::ceil(row - rules.support_rows - slack), std::floor(row));
  const double end = std::max(std::floor(row + rules.support_rows + slack), std::ceil(row));
  const int from = std::max(0, static_cast<int>(first)), to = std::min(last, static_cast<int>(end));
  return std::any_of(frame.begin() + from, frame.begin() + to + 1, [&](double p) { return p >= rules.frame_support; });
}

/// Where the frame curve first falls through `frame_end` after `begin`; where it never rises to it, `begin`. The peak's own row is the
/// first that counts: the one before, though nearer to `begin` than a row, may be the end of the note before.
double falling_edge(const std::vector<double>& frame, double begin, double limit, const PeakRules& rules) {
  const int rows = static_cast<int>(frame.size());
  int row = std::clamp(static_cast<int>(std::floor(begin + 0.5)), 0, std::max(0, rows - 1));
  const int patience = static_cast<int>(std::floor(begin + rules.support_rows + slack));
  while (row < rows && row <= patience && row < limit && frame[row] < rules.frame_end) ++row;
  if (row >= rows || row > patience || row >= limit) return begin;
  for (; row + 1 < rows && row < limit; ++row)
    if (frame[row + 1] < rules.frame_end) return row + (frame[row] - rules.frame_end) / (frame[row] - frame[row + 1]);
  return row + 0.5;
}

}  // namespace

std::vector<std::pair<double, double>> local_maxima(const std::vector<double>& curve, double threshold) {
  std::vector<std::pair<double, double>> peaks;
  const std::size_t rows = curve.size();
  for (std::size_t first = 0, last; first < rows; first = last + 1) {
    last = first;
    while (last + 1 < rows && curve[last + 1] == curve[first]) ++last;
    const double centre = curve[first];
    const bool rises = first == 0 || curve[first - 1] < centre, falls = last + 1 == rows || curve[last + 1] < centre;
    if (centre < threshold || !rises || !falls) continue;
    double row = 0.5 * static_cast<double>(first + last);
    if (first == last && first > 0 && last + 1 < rows) {
      const double left = curve[first - 1], right = curve[last + 1];
      row += std::clamp((right - left) / (2 * (centre - std::min(left, right))), -0.5, 0.5);
    }
    peaks.emplace_back(row, centre);
  }
  return peaks;
}

std::vector<std::pair<double, double>> key_notes(const std::vector<std::pair<double, double>>& peaks, const std::vector<double>& frame,
                                                 const PeakRules& rules) {
  std::vector<std::pair<double, double>> kept;
  for (const auto& peak : peaks) {
    if (peak.second < rules.onset_threshold || !supported(frame, peak.first, rules)) continue;
    if (!kept.empty() && peak.first - kept.back().first < rules.merge_rows - slack) {
      if (peak.second > kept.back().second) kept.back() = peak;
    } else {
      kept.push_back(peak);
    }
  }
  std::vector<std::pair<double, double>> notes;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const double begin = kept[i].first;
    const double limit = i + 1 < kept.size() ? kept[i + 1].first : static_cast<double>(frame.size()) + rules.shortest_rows;
    const double end = std::max(falling_edge(frame, begin, limit, rules), begin + rules.shortest_rows);
    notes.emplace_back(begin, std::min(end, limit));
  }
  return notes;
}

}  // namespace tivit::notes
