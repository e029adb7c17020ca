#include <stages/notes/event_decoder.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

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

EventDecoder::Key EventDecoder::key_of(const EventCurves& curves, int key) {
  const auto column = [&](const char* roll) { return probability_column(curves.rolls.at(roll), key, curves.values, roll); };
  return {key + lowest_pitch, local_maxima(column("onset"), 0), column("frame")};
}

void EventDecoder::add_notes(const Key& key, const EventRules& rules, const TimeGrid& grid, Notes& notes) {
  const double hop_s = grid.hop_seconds();
  const PeakRules in_rows{rules.onset,           rules.frame_support, rules.support_s / hop_s,
                          rules.merge_s / hop_s, rules.frame_end,     rules.shortest_s / hop_s};
  for (const auto& [begin, end] : key_notes(key.peaks, key.frame, in_rows))
    notes.list.push_back({grid.seconds_at(begin), grid.seconds_at(end), key.pitch, rules.velocity});
}

namespace {
Notes sorted(Notes notes) {
  std::sort(notes.list.begin(), notes.list.end(),
            [](const Note& a, const Note& b) { return std::tie(a.onset_s, a.pitch) < std::tie(b.onset_s, b.pitch); });
  return notes;
}
}  // namespace

Notes event_notes(const EventCurves& curves, const EventRules& rules) {
  Notes notes;
  for (int key = 0; key < key_count; ++key)
    if (const auto of_key = EventDecoder::key_of(curves, key); !absent(curves.geometry, key))
      EventDecoder::add_notes(of_key, rules, curves.grid, notes);
  return sorted(std::move(notes));
}

EventDecoder::EventDecoder(const EventCurves& curves) : grid_(curves.grid) {
  for (int key = 0; key < key_count; ++key)
    if (auto of_key = key_of(curves, key); !absent(curves.geometry, key)) keys_.push_back(std::move(of_key));
}

Notes EventDecoder::notes(const EventRules& rules) const {
  Notes notes;
  for (const auto& key : keys_) add_notes(key, rules, grid_, notes);
  return sorted(std::move(notes));
}

}  // namespace tivit::notes
