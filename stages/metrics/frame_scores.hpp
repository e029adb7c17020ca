#pragma once
// Which keys sound in which rows, and how two such pictures compare.
#include <ATen/core/Tensor.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <stages/metrics/multipitch.hpp>
#include <stages/notes/note.hpp>
#include <tivit/time.hpp>

namespace tivit::metrics {

/// Rows of `grid` in which each key sounds: onset <= time < offset. These many of them, what sounds later is cut; or as many as the
/// notes need.
PitchFrames sounding_frames(const notes::Notes& notes, const TimeGrid& grid, std::optional<std::size_t> rows);
/// The active cells of a roll `bool[T,88]`.
PitchFrames active_frames(const at::Tensor& roll);

/// F1, precision, recall and cell counts over all keys, black keys and white keys; accuracy and the four errors of mir_eval.
/// The shorter side is silent at its end.
nlohmann::json frame_scores(PitchFrames reference, PitchFrames estimate);
/// The ratios of added-up counts; `recordings[i].scores` is what frame_scores gave.
nlohmann::json pooled_frame_scores(const nlohmann::json& recordings);

}  // namespace tivit::metrics
