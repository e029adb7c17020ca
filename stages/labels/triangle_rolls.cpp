#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <stages/labels/rolls.hpp>

namespace tivit::labels {
namespace {

/// Rows of the grid whose time lies in [begin_s, end_s], limited to the window: [first, second).
std::pair<std::int64_t, std::int64_t> rows_between(double begin_s, double end_s, const TimeGrid& grid, std::int64_t rows) {
  const auto limit = [&](double row) { return static_cast<std::int64_t>(std::clamp(row, 0.0, static_cast<double>(rows))); };
  return {limit(std::floor(grid.row_at(begin_s))), limit(std::ceil(grid.row_at(end_s)) + 1)};
}

void add_triangle(float* roll, double centre_s, const TimeGrid& grid, std::int64_t rows, double half_width_s) {
  const auto [begin, end] = rows_between(centre_s - half_width_s, centre_s + half_width_s, grid, rows);
  for (auto row = begin; row < end; ++row) {
    const double height = 1 - std::abs(grid.seconds_at(static_cast<double>(row)) - centre_s) / half_width_s;
    float& cell = roll[row * notes::key_count];
    cell = std::max(cell, static_cast<float>(height));
  }
}

}  // namespace

Fields triangle_rolls(const notes::Notes& notes, const TimeGrid& grid, std::int64_t rows, double half_width_s) {
  const auto make = [&] { return at::zeros({rows, notes::key_count}, at::kFloat); };
  const auto onset = make(), offset = make(), frame = make();
  const double half_hop = 0.5 * grid.hop_seconds();
  for (const auto& note : notes.list) {
    const int key = note.pitch - notes::lowest_pitch;
    if (key < 0 || key >= notes::key_count) continue;
    add_triangle(onset.data_ptr<float>() + key, note.onset_s, grid, rows, half_width_s);
    add_triangle(offset.data_ptr<float>() + key, note.offset_s, grid, rows, half_width_s);
    const auto [begin, end] = rows_between(note.onset_s - half_hop, note.offset_s + half_hop, grid, rows);
    for (auto row = begin; row < end; ++row) {
      const double time = grid.seconds_at(static_cast<double>(row));
      const double covered = std::min(note.offset_s, time + half_hop) - std::max(note.onset_s, time - half_hop);
      float& cell = frame.data_ptr<float>()[row * notes::key_count + key];
      // A repeated note shares a row with the one before it: their parts add up.
      cell = std::min(1.f, cell + static_cast<float>(std::max(0.0, covered) / grid.hop_seconds()));
    }
  }
  return {{"onset", onset}, {"offset", offset}, {"frame", frame}};
}

}  // namespace tivit::labels
