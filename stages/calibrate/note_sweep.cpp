#include <ATen/TensorOperators.h>
#include <stages/calibrate/note_sweep.hpp>

#include <algorithm>
#include <stages/notes/shifted.hpp>
#include <stages/notes/window.hpp>
#include <tivit/error.hpp>

namespace tivit::calibrate {

Recording::Recording(std::string named, Fields values, const TimeGrid& rows, const keyboard::KeyGeometry* keys, const notes::Notes* truth)
    : name(std::move(named)), logits(std::move(values)), grid(rows) {
  if (keys) geometry = *keys;
  for (int key = 0; keys && key < notes::key_count; ++key) left_out.push_back(notes::absent(keys, key));
  if (!truth) return;
  auto seen = notes::inside(*truth, grid, logits.begin()->second.size(0));
  std::erase_if(seen.list, [&](const notes::Note& note) {
    const int key = note.pitch - notes::lowest_pitch;
    return key >= 0 && key < static_cast<int>(left_out.size()) && left_out[key];
  });
  reference = metrics::scored(seen);
  metrics::check_notes(reference, "reference of " + name);
}

at::Tensor Recording::keys_of(const std::string& head) const {
  const at::Tensor* given = logits.find(head);
  if (!given)
    throw Error("notes are made of \"" + head + "\" too, and there are no such logits", "score cells: criterion = \"cells\"", name);
  const at::Tensor roll = given->cpu().to(at::kFloat);
  if (roll.dim() == 2 && roll.size(1) == notes::key_count) return roll;
  if (roll.dim() == 2 && roll.size(1) == 128) return roll.narrow(1, notes::lowest_pitch, notes::key_count);
  throw Error("\"" + head + "\" has shape " + c10::str(roll.sizes()) + ": notes are made of rows of 88 keys or 128 pitches",
              "score cells: criterion = \"cells\"", name);
}

/// What is known of a recording before any threshold is.
struct NoteSweep::Decoder {
  std::unique_ptr<notes::EventDecoder> events;
  std::unique_ptr<notes::GatedRoll> pitch, onset;
  TimeGrid grid;
};

NoteSweep::NoteSweep(const std::vector<Recording>& recordings, const std::map<std::string, Line>& lines, DecoderRules rules,
                     double tolerance_s)
    : recordings_(recordings), rules_(rules), tolerance_s_(tolerance_s) {
  for (const auto& recording : recordings) {
    const auto calibrated = [&](const std::string& head) {
      const auto line = lines.find(head);
      const at::Tensor logits = recording.keys_of(head);
      return line == lines.end() ? logits : logits.mul(line->second.scale).add(line->second.bias);
    };
    auto decoder = std::make_shared<Decoder>();
    decoder->grid = recording.grid;
    if (rules_.segments) {
      decoder->pitch = std::make_unique<notes::GatedRoll>(calibrated("pitch"), notes::RollValues::logits, rules_.hysteresis.median);
      decoder->onset = std::make_unique<notes::GatedRoll>(calibrated("onset"), notes::RollValues::logits, rules_.of("onset").median);
    } else {
      const Fields rolls{{"onset", calibrated("onset")}, {"frame", calibrated("frame")}};
      decoder->events = std::make_unique<notes::EventDecoder>(
          notes::EventCurves{rolls, notes::RollValues::logits, recording.grid, recording.geometry ? &*recording.geometry : nullptr});
    }
    decoders_.push_back(std::move(decoder));
  }
}

std::vector<metrics::ScoredNote> NoteSweep::decode(const Decoder& decoder, const notes::HeadThresholds& thresholds) const {
  const auto scored = [](const notes::Notes& found) { return metrics::scored(notes::shifted(found, 0)); };
  if (!rules_.segments) return scored(decoder.events->notes(rules_.events.at(thresholds)));
  const auto active = [&](const notes::GatedRoll& roll, const char* head) {
    return roll.active(resolve_gates(notes::defaults_of(head, rules_.of(head)), {}, {}, {}, thresholds.of(head)));
  };
  const at::Tensor struck = active(*decoder.onset, "onset");
  return scored(notes::segment_notes(active(*decoder.pitch, "pitch"), &struck, decoder.grid, 0, 64));
}

Score NoteSweep::score(const std::string& head, const notes::HeadThresholds& thresholds) {
  metrics::Tolerance tolerance{.onset_s = tolerance_s_};
  if (head == "onset") tolerance.offset_ratio = std::nullopt;
  Score sum;
  for (std::size_t i = 0; i < decoders_.size(); ++i) {
    const auto found = decode(*decoders_[i], thresholds);
    sum.matched += metrics::match_notes(recordings_[i].reference, found, tolerance).size();
    sum.reference += recordings_[i].reference.size();
    sum.estimate += found.size();
  }
  return sum;
}

}  // namespace tivit::calibrate
