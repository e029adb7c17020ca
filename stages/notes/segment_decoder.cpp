#include <ATen/ops/zeros.h>
#include <stages/notes/segment_decoder.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <tivit/error.hpp>
#include <tuple>

namespace tivit::notes {

GatedRoll::GatedRoll(const at::Tensor& roll, RollValues values, std::int64_t median) : rows_(roll.size(0)) {
  const at::Tensor rows = roll.cpu().contiguous();
  const auto keys = rows.size(1);
  const float* data = rows.const_data_ptr<float>();
  std::vector<double> curve(rows_);
  for (std::int64_t k = 0; k < keys; ++k) {
    for (std::int64_t t = 0; t < rows_; ++t) {
      const double value = data[t * keys + k];
      curve[t] = values == RollValues::logits ? 1 / (1 + std::exp(-value)) : value;
    }
    columns_.push_back(median_filtered(curve, median));
  }
}

at::Tensor GatedRoll::active(const HysteresisRules& rules) const {
  const auto keys = static_cast<std::int64_t>(columns_.size());
  at::Tensor active = at::zeros({rows_, keys}, at::kBool);
  bool* cells = active.mutable_data_ptr<bool>();
  for (std::int64_t k = 0; k < keys; ++k)
    for (const auto& [begin, end] : gated_segments(columns_[k], rules))
      for (auto t = begin; t < end; ++t) cells[t * keys + k] = true;
  return active;
}

Notes segment_notes(const at::Tensor& active, const at::Tensor* onsets, const TimeGrid& grid, double shortest_s, int velocity) {
  const auto rows = active.size(0), columns = active.size(1);
  if (columns != key_count && columns != 128)
    throw Error("the roll has " + std::to_string(columns) + " columns", "give 88 (from A0) or 128 (from MIDI note 0)");
  const int first_pitch = columns == key_count ? lowest_pitch : 0;
  const at::Tensor sounding = active.cpu().contiguous(), struck = onsets ? onsets->cpu().contiguous() : at::Tensor();
  const bool* on = sounding.const_data_ptr<bool>();
  const bool* hit = onsets ? struck.const_data_ptr<bool>() : nullptr;
  // A step sounds as long as one of its rows does, so the end lies among the last step that sounds: in the middle of what is possible.
  const auto end_s = [&](std::int64_t row) {
    return row == rows ? grid.end_s(rows) : grid.unpooled().seconds_at(static_cast<double>(row) * grid.pooled - (grid.pooled - 1) / 2.0);
  };
  Notes notes;
  for (std::int64_t k = 0; k < columns; ++k) {
    const int pitch = first_pitch + static_cast<int>(k);
    if (pitch < lowest_pitch || pitch >= lowest_pitch + key_count) continue;
    std::int64_t begin = -1;
    bool struck_in_it = false;
    for (std::int64_t t = 0; t <= rows; ++t) {
      const bool sounds = t < rows && on[t * columns + k];
      const bool hits = sounds && hit && hit[t * columns + k] && (t == 0 || !hit[(t - 1) * columns + k]);
      // A note's own onset may be a row late.
      const bool again = hits && (struck_in_it || t - begin > 1);
      if (begin >= 0 && (!sounds || again)) {
        const Note note{grid.seconds_at(static_cast<double>(begin)), end_s(t), pitch, velocity};
        if (note.offset_s - note.onset_s >= shortest_s - 1e-9) notes.list.push_back(note);
        begin = -1;
      }
      if (sounds && begin < 0) begin = t, struck_in_it = false;
      struck_in_it = struck_in_it || hits;
    }
  }
  std::sort(notes.list.begin(), notes.list.end(),
            [](const Note& a, const Note& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
  return notes;
}

}  // namespace tivit::notes
