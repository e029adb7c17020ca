#include <stages/keyboard/key_geometry.hpp>
#include <stages/metrics/frame_scores.hpp>
#include <stages/metrics/note_match.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::metrics {
namespace {

using nlohmann::json;

/// Cells that sound on both sides, in the reference, in the estimate.
struct Cells {
  std::size_t both = 0, reference = 0, estimate = 0;
};
constexpr const char* parts[] = {"", "black_", "white_"};

bool belongs(int part, double pitch) {
  return part == 0 || keyboard::is_black(static_cast<int>(pitch) - notes::lowest_pitch) == (part == 1);
}

Cells count(const PitchFrames& reference, const PitchFrames& estimate, int part) {
  Cells cells;
  for (std::size_t t = 0; t < reference.size(); ++t) {
    for (double pitch : reference[t]) cells.reference += belongs(part, pitch);
    for (double pitch : estimate[t]) {
      if (!belongs(part, pitch)) continue;
      ++cells.estimate;
      cells.both += std::binary_search(reference[t].begin(), reference[t].end(), pitch);
    }
  }
  return cells;
}

/// Where no key of a colour sounds on either side there is nothing to be right or wrong about: null, which no mean counts.
void put(json& into, const std::string& part, const Cells& cells) {
  const Ratios r = ratios(cells.both, cells.reference, cells.estimate);
  const bool nothing = !part.empty() && cells.reference == 0 && cells.estimate == 0;
  for (const auto& [name, value] : {std::pair{"f1", r.f1}, {"precision", r.precision}, {"recall", r.recall}})
    into["frame_" + part + name] = nothing ? json() : json(value);
  into["frame_" + part + "matched"] = cells.both;
  into["frame_" + part + "matched_of_reference"] = cells.reference;
  into["frame_" + part + "matched_of_estimate"] = cells.estimate;
}

}  // namespace

PitchFrames sounding_frames(const notes::Notes& notes, const TimeGrid& grid, std::optional<std::size_t> rows) {
  PitchFrames frames(rows.value_or(0));
  const double last = rows ? static_cast<double>(*rows) : std::ceil(grid.row_at(notes::longest_s));
  const auto first_at = [&](double time_s) {
    return static_cast<std::size_t>(std::clamp(std::ceil(grid.row_at(time_s) - 1e-6), 0.0, last));
  };
  for (const auto& note : notes.list) {
    const std::size_t begin = first_at(note.onset_s), end = first_at(note.offset_s);
    if (end > frames.size()) frames.resize(end);
    for (std::size_t t = begin; t < end; ++t) frames[t].push_back(note.pitch);
  }
  for (auto& frame : frames) {
    std::sort(frame.begin(), frame.end());
    frame.erase(std::unique(frame.begin(), frame.end()), frame.end());
  }
  return frames;
}

PitchFrames active_frames(const at::Tensor& roll) {
  const at::Tensor rows = roll.cpu().contiguous();
  const bool* cells = rows.const_data_ptr<bool>();
  PitchFrames frames(static_cast<std::size_t>(rows.size(0)));
  for (std::size_t t = 0; t < frames.size(); ++t)
    for (int key = 0; key < notes::key_count; ++key)
      if (cells[t * notes::key_count + key]) frames[t].push_back(key + notes::lowest_pitch);
  return frames;
}

json frame_scores(PitchFrames reference, PitchFrames estimate) {
  const std::size_t rows = std::max(reference.size(), estimate.size());
  reference.resize(rows);
  estimate.resize(rows);
  json scores;
  for (int part : {0, 1, 2}) put(scores, parts[part], count(reference, estimate, part));
  const MultipitchScores m = multipitch(reference, estimate);
  scores["frame_accuracy"] = m.accuracy;
  scores["frame_substitution_error"] = m.substitution_error;
  scores["frame_miss_error"] = m.miss_error;
  scores["frame_false_alarm_error"] = m.false_alarm_error;
  scores["frame_total_error"] = m.total_error;
  return scores;
}

json pooled_frame_scores(const json& recordings) {
  json pooled = json::object();
  for (const std::string part : parts) {
    Cells sum;
    for (const auto& recording : recordings) {
      const auto cells = [&](const char* name) { return recording.at("scores").at("frame_" + part + name).get<std::size_t>(); };
      sum.both += cells("matched"), sum.reference += cells("matched_of_reference"), sum.estimate += cells("matched_of_estimate");
    }
    put(pooled, part, sum);
  }
  return pooled;
}

}  // namespace tivit::metrics
