#pragma once
// Where everything lies in a piano-roll picture: rows of time below each other, keys as lanes, bass at the bottom of each row.
#include <optional>
#include <stages/notes/note.hpp>
#include <vector>

namespace tivit::report {

struct RollLayout {
  double left = 84, right = 20, top = 84, gap = 38;  ///< pixels around and between the rows
  double lane = 6;                                   ///< pixels a key
  double width = 1600, height = 0;
  double begin_s = 0, row_s = 20;
  int rows = 1;
  int lowest = notes::lowest_pitch, highest = notes::lowest_pitch + notes::key_count - 1;

  double row_height() const { return lane * (highest - lowest + 1); }
  double row_top(int row) const { return top + row * (row_height() + gap); }
  double plot_width() const { return width - left - right; }
  /// x of a time inside `row`, in pixels; times of other rows lie outside the plot.
  double x(double time_s, int row) const { return left + (time_s - begin_s - row * row_s) / row_s * plot_width(); }
  double y(int pitch, int row) const { return row_top(row) + lane * (highest - pitch); }
};

/// Fits the picture to the notes: the keys played and some around them, rows of `row_s` or, where a recording would fill more
/// than 50 rows, of longer ones. What lies after `end_s`, the recording's end, or after a day is outside the picture.
RollLayout roll_layout(const notes::Notes& estimate, const notes::Notes* reference, double row_s, double width,
                       std::optional<double> end_s = std::nullopt);

}  // namespace tivit::report
