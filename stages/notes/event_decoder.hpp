#pragma once
// Notes from the onset and frame curves of a recording.
#include <optional>
#include <stages/keyboard/key_geometry.hpp>
#include <stages/notes/head_thresholds.hpp>
#include <stages/notes/note.hpp>
#include <stages/notes/onset_peaks.hpp>
#include <stages/notes/probability_column.hpp>
#include <tivit/tensor/fields.hpp>
#include <tivit/time.hpp>
#include <vector>

namespace tivit::notes {

struct EventRules {
  double onset = 0.5, frame_support = 0.3, frame_end = 0.6;  ///< probabilities
  double support_s = 0.15, merge_s = 0.1, shortest_s = 0.05;
  int velocity = 64;
  /// The threshold of head "onset" is the peaks' height, that of "frame" where notes end; support keeps its share of it.
  EventRules at(const HeadThresholds& thresholds) const;
};

/// Whether a partial keyboard is known not to show the key: the network's output there means nothing.
bool absent(const keyboard::KeyGeometry* geometry, int key);

/// Onset and frame curves of a recording, `rolls` with onset and frame, f32[T,88]. Errors are those of probability_column().
struct EventCurves {
  const Fields& rolls;
  RollValues values;
  const TimeGrid& grid;
  const keyboard::KeyGeometry* geometry = nullptr;
};

/// The notes at one set of rules, sorted by onset, then pitch. Takes the memory of one key's curves.
Notes event_notes(const EventCurves& curves, const EventRules& rules);

/// The same for many sets of rules: what they have in common is done once, and the curves of all keys are kept.
class EventDecoder {
 public:
  explicit EventDecoder(const EventCurves& curves);
  Notes notes(const EventRules& rules) const;

 private:
  friend Notes event_notes(const EventCurves& curves, const EventRules& rules);
  struct Key {
    int pitch;
    std::vector<std::pair<double, double>> peaks;
    std::vector<double> frame;
  };
  static Key key_of(const EventCurves& curves, int key);
  static void add_notes(const Key& key, const EventRules& rules, const TimeGrid& grid, Notes& notes);
  TimeGrid grid_;
  std::vector<Key> keys_;
};

}  // namespace tivit::notes
