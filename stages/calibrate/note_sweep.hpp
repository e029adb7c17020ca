#pragma once
// How many notes of many recordings are right at some thresholds; what thresholds have in common is done once.
#include <memory>
#include <stages/calibrate/cells.hpp>
#include <stages/metrics/note_match.hpp>
#include <stages/notes/event_decoder.hpp>
#include <stages/notes/segment_decoder.hpp>
#include <string>
#include <vector>

namespace tivit::calibrate {

/// One recording as the network saw it, and the truth.
struct Recording {
  std::string name;
  Fields logits;
  TimeGrid grid;
  std::optional<keyboard::KeyGeometry> geometry;
  std::vector<bool> left_out;                  ///< keys that a partial keyboard does not show; empty: none
  std::vector<metrics::ScoredNote> reference;  ///< notes that begin in these rows, on keys that are seen
  /// The roll of a head that notes are made of, f32[T,88]: 128 columns are cut to the piano's. Throws Error for other widths.
  at::Tensor keys_of(const std::string& head) const;

  Recording(std::string name, Fields logits, const TimeGrid& grid, const keyboard::KeyGeometry* geometry, const notes::Notes* truth);
};

/// The rules of the decoder that the notes will be made with.
struct DecoderRules {
  bool segments = false;  ///< notes/hysteresis of pitch and onset, then notes/segments; else notes/events
  notes::EventRules events;
  notes::HysteresisDurations hysteresis;  ///< of the pitch; onsets are single rows, as in configs/model/tivit/notes.toml
  notes::HysteresisDurations of(std::string_view head) const { return head == "onset" ? notes::single_rows : hysteresis; }
  /// Heads whose thresholds the decoder has, in the order in which they are looked for.
  std::vector<std::string> heads() const {
    return segments ? std::vector<std::string>{"pitch", "onset"} : std::vector<std::string>{"onset", "frame"};
  }
};

class NoteSweep {
 public:
  NoteSweep(const std::vector<Recording>& recordings, const std::map<std::string, Line>& lines, DecoderRules rules, double tolerance_s);

  /// Notes of all recordings together. The head that says where notes end is judged by onsets and offsets, the other by onsets.
  Score score(const std::string& head, const notes::HeadThresholds& thresholds);

 private:
  struct Decoder;
  std::vector<metrics::ScoredNote> decode(const Decoder& decoder, const notes::HeadThresholds& thresholds) const;

  const std::vector<Recording>& recordings_;
  DecoderRules rules_;
  double tolerance_s_;
  std::vector<std::shared_ptr<const Decoder>> decoders_;
};

}  // namespace tivit::calibrate
