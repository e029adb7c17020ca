#include <stages/report/roll_layout.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::report {

RollLayout roll_layout(const notes::Notes& estimate, const notes::Notes* reference, double row_s, double width,
                       std::optional<double> end_s) {
  constexpr int most_rows = 50, fewest_keys = 30, around = 3;
  const double latest_s = std::min(end_s.value_or(notes::longest_s), notes::longest_s);
  double first_s = latest_s, last_s = 0;
  int low = 127, high = 0;
  for (const auto* side : {&estimate, reference})
    if (side)
      for (const auto& note : side->list) {
        if (note.onset_s >= latest_s) continue;
        first_s = std::min(first_s, std::max(note.onset_s, -notes::longest_s));
        last_s = std::max(last_s, std::min(note.offset_s, latest_s));
        low = std::min(low, note.pitch), high = std::max(high, note.pitch);
      }
  if (low > high) first_s = 0, last_s = row_s, low = 48, high = 83;

  RollLayout layout;
  layout.width = width;
  const int missing = std::max(0, fewest_keys - (high - low + 1 + 2 * around));
  layout.lowest = std::max(notes::lowest_pitch, low - around - missing / 2);
  layout.highest = std::min(notes::lowest_pitch + notes::key_count - 1, high + around + (missing + 1) / 2);
  layout.begin_s = first_s < row_s / 2 ? 0 : 5 * std::floor(first_s / 5);
  const double length_s = std::max(1.0, last_s - layout.begin_s);
  layout.row_s = std::max(row_s, 5 * std::ceil(length_s / most_rows / 5));
  if (length_s < layout.row_s) layout.row_s = std::max(5.0, std::ceil(length_s));
  // A rest that is short beside a row lengthens the rows instead of opening one more.
  const double whole = std::floor(length_s / layout.row_s);
  if (whole >= 1 && length_s - whole * layout.row_s < 0.15 * layout.row_s) layout.row_s = std::ceil(length_s / whole);
  layout.rows = std::max(1, static_cast<int>(std::ceil(length_s / layout.row_s - 1e-9)));
  layout.height = layout.row_top(layout.rows - 1) + layout.row_height() + layout.gap;
  return layout;
}

}  // namespace tivit::report
