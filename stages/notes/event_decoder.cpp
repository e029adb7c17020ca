#include <stages/notes/event_decoder.hpp>

#include <algorithm>
#include <tuple>

namespace tivit::notes {

EventRules EventRules::at(const HeadThresholds& thresholds) const {
  EventRules rules = *this;
  rules.onset = thresholds.of("onset").value_or(onset);
  if (const auto end = thresholds.of("frame")) {
    rules.frame_support = frame_end > 0 ? frame_support * *end / frame_end : *end;
    rules.frame_end = *end;
  }
  return rules;
}

bool absent(const keyboard::KeyGeometry* geometry, int key) {
  return geometry &&
         std::any_of(geometry->keys.begin(), geometry->keys.end(), [&](const keyboard::Key& k) { return k.index == key && !k.present; });
}

EventDecoder::EventDecoder(const Fields& rolls, RollValues values, const TimeGrid& grid, const keyboard::KeyGeometry* geometry)
    : grid_(grid) {
  const auto onsets = probability_columns(rolls.at("onset"), values, "onset");
  auto frames = probability_columns(rolls.at("frame"), values, "frame");
  for (int key = 0; key < key_count; ++key)
    if (!absent(geometry, key)) keys_.push_back({key + lowest_pitch, local_maxima(onsets[key], 0), std::move(frames[key])});
}

Notes EventDecoder::notes(const EventRules& rules) const {
  const double hop_s = grid_.hop_seconds();
  const PeakRules in_rows{rules.onset,           rules.frame_support, rules.support_s / hop_s,
                          rules.merge_s / hop_s, rules.frame_end,     rules.shortest_s / hop_s};
  Notes notes;
  for (const auto& key : keys_)
    for (const auto& [begin, end] : key_notes(key.peaks, key.frame, in_rows))
      notes.list.push_back({grid_.seconds_at(begin), grid_.seconds_at(end), key.pitch, rules.velocity});
  std::sort(notes.list.begin(), notes.list.end(),
            [](const Note& a, const Note& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
  return notes;
}

}  // namespace tivit::notes
