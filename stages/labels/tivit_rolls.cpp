#include <ATen/ops/full.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <cmath>
#include <stages/labels/frame_grid.hpp>
#include <stages/labels/rolls.hpp>

namespace tivit::labels {
namespace {

/// A note in clip-relative float32 seconds, and whether it counts as instant.
struct Event {
  float onset = 0, offset = 0;
  int pitch = 0;
  bool instant() const { return offset <= onset; }
};

/// The window's first moment: a whole number of video frames, in the original's float32.
float window_start(const TimeGrid& grid, int stride) {
  const double frame_s = grid.hop_seconds() / stride;
  const double frame = seconds(grid.origin) / frame_s;
  const double nearest = std::nearbyint(frame);
  return std::abs(frame - nearest) * frame_s < 1e-9 ? seconds_of(static_cast<std::int64_t>(nearest), frame_s)
                                                    : static_cast<float>(seconds(grid.origin));
}

at::Tensor dilate(const at::Tensor& roll, int rows) {
  return rows ? at::max_pool1d(roll.t().unsqueeze(0), 2 * rows + 1, 1, rows).squeeze(0).t().contiguous() : roll;
}

/// Running maximum of shifted, weighted copies.
at::Tensor soften(const at::Tensor& roll, const std::vector<double>& kernel) {
  if (kernel.empty()) return roll;
  auto out = at::zeros_like(roll);
  const auto reach = static_cast<std::int64_t>(kernel.size() / 2), rows = roll.size(0);
  for (std::int64_t shift = -reach; shift <= reach; ++shift) {
    const auto length = rows - std::abs(shift);
    if (length <= 0) continue;
    auto target = out.narrow(0, std::max<std::int64_t>(shift, 0), length);
    target.copy_(
        target.maximum(roll.narrow(0, std::max<std::int64_t>(-shift, 0), length).mul(kernel[static_cast<std::size_t>(shift + reach)])));
  }
  return out;
}

/// One weighted row before each note and one after it.
at::Tensor soften_edges(const at::Tensor& roll, const std::vector<double>& kernel) {
  if (kernel.empty() || roll.size(0) < 2) return roll;
  auto out = roll.clone();
  const auto length = roll.size(0) - 1;
  auto before = out.narrow(0, 0, length), after = out.narrow(0, 1, length);
  before.copy_(before.maximum(roll.narrow(0, 1, length).mul(kernel.front())));
  after.copy_(after.maximum(roll.narrow(0, 0, length).mul(kernel.back())));
  return out;
}

void add_hand_and_clef(Fields& out, const at::Tensor& pitch, bool any_label, const TivitStyle& style) {
  const auto rows = pitch.size(0), columns = pitch.size(1);
  const auto hand = at::zeros({rows}, at::kLong), clef = at::full({rows}, 2, at::kLong);
  for (std::int64_t row = 0; any_label && style.hand_from_pitch && row < rows; ++row) {
    double sum = 0, count = 0;
    for (std::int64_t column = 0; column < columns; ++column)
      if (pitch.data_ptr<float>()[row * columns + column] > 0.5f) sum += static_cast<double>(style.note_min + column), ++count;
    const double mean = count > 0 ? sum / count : 60;
    hand.data_ptr<std::int64_t>()[row] = mean >= style.clef_low;
    clef.data_ptr<std::int64_t>()[row] = mean < style.clef_low ? 0 : mean > style.clef_high ? 1 : 2;
  }
  out.set("hand", hand);
  out.set("clef", clef);
}

/// The window as a whole: its most frequent pitch, and whether a note of it begins or ends there.
void add_clip_targets(Fields& out, const notes::Notes& notes, float begin, float end) {
  std::array<int, 128> count{};
  const auto selected = [&](const notes::Note& note) {
    return static_cast<float>(note.onset_s)<end&& static_cast<float>(note.offset_s)> begin;
  };
  bool onset = false, offset = false;
  for (const auto& note : notes.list) {
    if (!selected(note) || note.pitch < 0 || note.pitch > 127) continue;
    ++count[static_cast<std::size_t>(note.pitch)];
    onset = onset || static_cast<float>(note.onset_s) >= begin;
    offset = offset || static_cast<float>(note.offset_s) <= end;
  }
  const auto most = std::max_element(count.begin(), count.end());
  const int pitch = *most ? static_cast<int>(most - count.begin()) : 60;
  const int key = pitch - notes::lowest_pitch;
  for (const auto& [name, is_set] : {std::pair{"clip.pitch", true}, {"clip.onset", onset}, {"clip.offset", offset}}) {
    const auto vector = at::zeros({notes::key_count}, at::kFloat);
    if (is_set && !notes.list.empty() && key >= 0 && key < notes::key_count) vector.data_ptr<float>()[key] = 1;
    out.set(name, vector);
  }
  out.set("clip.hand", at::full({}, notes.list.empty() ? 0 : pitch >= 60, at::kLong));
  out.set("clip.clef", at::full({}, notes.list.empty() ? 2 : pitch < 60 ? 0 : pitch > 64 ? 1 : 2, at::kLong));
}

}  // namespace

Fields tivit_rolls(const notes::Notes& notes, const TimeGrid& grid, std::int64_t rows, const TivitStyle& style) {
  const auto columns = style.note_max - style.note_min + 1;
  const auto make = [&] { return at::zeros({rows, columns}, at::kFloat); };
  const auto pitch = make(), onset = make(), offset = make();
  const auto cell = [&](const at::Tensor& roll, std::int64_t row, int midi) {
    return roll.data_ptr<float>() + row * columns + midi - style.note_min;
  };
  const double hop = grid.hop_seconds(), length = static_cast<double>(rows) * hop;
  const float begin = window_start(grid, style.stride);
  for (const auto& note : notes.list) {
    const Event event{static_cast<float>(note.onset_s) - begin, static_cast<float>(note.offset_s) - begin, note.pitch};
    if (event.pitch < style.note_min || event.pitch > style.note_max || !rows) continue;
    if (event.instant() ? event.onset < 0 || event.onset >= length : event.onset >= length || event.offset <= 0) continue;
    const auto first = frame_of(event.onset, hop, 0, rows - 1);
    auto last = frame_of(event.offset, hop, 0, rows);
    if (last <= first) last = std::min(first + 1, rows);
    for (auto row = first; row < last; ++row) *cell(pitch, row, event.pitch) = 1;
    if (event.onset >= 0) *cell(onset, first, event.pitch) = 1;
    if (event.instant() || event.offset < length) *cell(offset, std::min(last, rows - 1), event.pitch) = 1;
  }
  Fields out;
  const auto wide = dilate(pitch, style.dilate_rows);
  out.set("pitch", soften_edges(wide, style.frame_kernel));
  out.set("onset", soften(dilate(onset, style.dilate_rows), style.onset_kernel));
  out.set("offset", dilate(offset, style.dilate_rows));
  add_hand_and_clef(out, wide, !notes.list.empty(), style);
  const double frame_s = hop / style.stride;
  const auto first_frame = static_cast<std::int64_t>(std::nearbyint(seconds(grid.origin) / frame_s));
  add_clip_targets(out, notes, begin, seconds_of(first_frame + (rows - 1) * style.stride + 1, frame_s));
  return out;
}

}  // namespace tivit::labels
