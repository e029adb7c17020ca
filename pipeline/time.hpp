#pragma once
// Stream time. Seconds and frames meet here and nowhere else.
#include <cstdint>

namespace tivit {

/// Nanoseconds of stream time: 0 is the first presented frame of a recording.
using Nanoseconds = std::int64_t;

constexpr double seconds(Nanoseconds ns) { return static_cast<double>(ns) * 1e-9; }
Nanoseconds nanoseconds(double seconds);

/// The time of every row of a roll: row k lies at `origin + k * hop`. Travels with each tensor that has a time axis.
struct TimeGrid {
  Nanoseconds origin = 0;
  double hop_ns = 0;  ///< a real number, so that 30 frames/s does not drift
  int pooled = 1;     ///< rows of the video that each row stands for; it lies in their middle

  static TimeGrid from_rate(double rows_per_second, Nanoseconds origin = 0) { return {origin, 1e9 / rows_per_second}; }
  double hop_seconds() const { return hop_ns * 1e-9; }
  double seconds_at(double row) const { return seconds(origin) + row * hop_seconds(); }
  Nanoseconds at(double row) const;
  /// The row, as a real number, that lies at `time_s`.
  double row_at(double time_s) const { return (time_s - seconds(origin)) / hop_seconds(); }
  /// The grid whose rows each stand for `rows` of these.
  TimeGrid coarser(int rows) const { return {at((rows - 1) / 2.0), hop_ns * rows, pooled * rows}; }
  /// The grid of the video's own rows.
  TimeGrid unpooled() const;
  /// When the last of `rows` rows is over.
  double end_s(std::int64_t rows) const { return unpooled().seconds_at(static_cast<double>(rows) * pooled); }
  TimeGrid from_row(std::int64_t row) const { return {at(static_cast<double>(row)), hop_ns, pooled}; }
  bool operator==(const TimeGrid&) const = default;
};

}  // namespace tivit
