#pragma once
// Notes from the onset and frame curves of a recording, at any thresholds; what they have in common is done once.
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

class EventDecoder {
 public:
  /// `rolls` has onset and frame, f32[T,88]. Throws Error for values that are no numbers or no probabilities.
  EventDecoder(const Fields& rolls, RollValues values, const TimeGrid& grid, const keyboard::KeyGeometry* geometry);
  /// Sorted by onset, then pitch.
  Notes notes(const EventRules& rules) const;

 private:
  struct Key {
    int pitch;
    std::vector<std::pair<double, double>> peaks;
    std::vector<double> frame;
  };
  TimeGrid grid_;
  std::vector<Key> keys_;
};

}  // namespace tivit::notes
