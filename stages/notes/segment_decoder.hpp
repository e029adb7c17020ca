#pragma once
// Active cells of a roll by two thresholds a key, and the notes that runs of them are; what thresholds have in common is done once.
#include <ATen/core/Tensor.h>

#include <stages/notes/hysteresis_decoder.hpp>
#include <stages/notes/note.hpp>
#include <stages/notes/probability_column.hpp>
#include <tivit/time.hpp>

namespace tivit::notes {

/// A roll f32[T,K] behind the median filter, whose cells can be found for any gates. Values that are not finite count as 0.
class GatedRoll {
 public:
  GatedRoll(const at::Tensor& roll, RollValues values, std::int64_t median);
  /// bool[T,K]
  at::Tensor active(const HysteresisRules& rules) const;

 private:
  std::int64_t rows_;
  std::vector<std::vector<double>> columns_;
};

/// Runs of active cells, bool[T,K], as notes on the grid, cut where `onsets` (may be null) begins to be active inside one. K is 88
/// (from A0) or 128 (from MIDI 0, other keys dropped). Notes shorter than `shortest_s` are dropped. Sorted by onset, then pitch.
Notes segment_notes(const at::Tensor& active, const at::Tensor* onsets, const TimeGrid& grid, double shortest_s, int velocity);

}  // namespace tivit::notes
