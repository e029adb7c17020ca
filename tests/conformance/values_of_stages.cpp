// How two values of the types that stages exchange are told apart.
#include <stages/batch/ragged.hpp>
#include <stages/data/array_set.hpp>
#include <stages/data/clip.hpp>
#include <stages/notes/head_thresholds.hpp>
#include <stages/notes/pitch_range.hpp>
#include <stages/report/json_value.hpp>

#include "subjects.hpp"

namespace tivit::tests {

std::map<std::string, Subject>& subjects() {
  static std::map<std::string, Subject> all;
  return all;
}

namespace {
using testing::compare_beside_by;
using testing::compare_by;
using testing::exactly;

std::string text_of(const notes::Notes& notes) {
  std::string text = notes.labelled ? "labelled" : "bare";
  for (const auto& note : notes.list) text += exactly(note.onset_s) + exactly(note.offset_s) + exactly(note.pitch) + exactly(note.velocity);
  return text;
}

std::string text_of(const data::Clip& clip) {
  std::string text = clip.name + "\n" + clip.split + "\n" + clip.video.string() + "\n" + clip.labels.string() + "\n";
  for (const double number :
       {clip.frame_times.rate, clip.frame_times.from_fps, clip.frame_times.offset_s, clip.duration_s, clip.label_shift_s})
    text += exactly(number);
  if (clip.corners)
    for (const auto& point : clip.corners->points) text += exactly(point.x) + exactly(point.y);
  return text + exactly(clip.first_row) + exactly(clip.rows);
}

std::string text_of(const keyboard::KeyGeometry& geometry) {
  std::string text = exactly(geometry.width) + exactly(geometry.height) + exactly(geometry.white_width);
  for (const auto& key : geometry.keys) {
    text += exactly(key.index) + exactly(key.black) + exactly(key.present);
    for (const double edge : {key.left, key.right, key.top, key.bottom}) text += exactly(edge);
  }
  return text;
}

[[maybe_unused]] const bool known = [] {
  compare_by<notes::Notes>([](const notes::Notes& notes) { return text_of(notes); });
  compare_by<data::Clip>([](const data::Clip& clip) { return text_of(clip); });
  compare_by<nlohmann::json>([](const nlohmann::json& value) { return value.dump(); });
  compare_by<data::ArraySet>([](const data::ArraySet& set) {
    std::string text = testing::comparable(Payload::of(set.content.arrays));
    for (const auto& [name, value] : set.content.texts) text += name + "=" + value + "\n";
    return text;
  });
  compare_beside_by<data::Clip>([](const data::Clip& clip) { return text_of(clip); });
  compare_beside_by<keyboard::KeyGeometry>([](const keyboard::KeyGeometry& geometry) { return text_of(geometry); });
  compare_beside_by<batch::Ragged>([](const batch::Ragged& ragged) {
    std::string text = exactly(ragged.padded);
    for (const auto length : ragged.lengths) text += exactly(length);
    return text;
  });
  compare_beside_by<notes::HeadThresholds>([](const notes::HeadThresholds& thresholds) {
    std::string text;
    for (const auto& [head, value] : thresholds.probability) text += head + exactly(value);
    return text;
  });
  compare_beside_by<notes::PitchRange>([](const notes::PitchRange& range) { return exactly(range.lowest) + exactly(range.highest); });
  return true;
}();

}  // namespace
}  // namespace tivit::tests
