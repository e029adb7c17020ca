// labels/lag: the constant lag between a recording's picture and its labels. See the contract.
#include <spdlog/spdlog.h>

#include <ATen/ops/sigmoid.h>

#include <cmath>
#include <stages/data/clip.hpp>
#include <stages/labels/correlation.hpp>
#include <stages/labels/lag_estimate.hpp>
#include <stages/labels/rolls.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/notes/shifted.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::labels {
namespace {

using nlohmann::json;

/// Compares a curve of each key, a network's onsets or the keys' motion, with the labels, and moves the labels by the lag found.
///   [stages.lag]
///   use = "labels/lag"
///   in = { onset = "stitch.change", offset = "stitch.change", notes = "labels" }
/// `onset` is looked at where notes begin, `offset`, where it is connected, where they end. A positive lag: the picture shows
/// later what the labels tell, and the labels become later by it.
/// `lag` is an entry for labels/lags: name, split, reference_notes, lag_ms, spread_ms (standard error), confidence (0..1: how often random
/// halves of the recording agree), correlation (of `onset` with the moved labels), label_shift_s (the lag, and what the data set
/// had moved the labels by already) and verdict. Labels stay as they are, and a warning names the recording, where the verdict is
/// not "found" but "no labels", "too few notes", "nothing moves", "beyond reach" or "halves disagree".
/// Fails where the curve carries no time grid or holds a value that is not a number.
struct FindLag {
  std::string input = "values";
  Duration reach{0.5}, step{0.005}, width{0.04}, agreement{0.025};
  int least_notes = 20;
  double least_confidence = 0.7;

  static void contract(Contract<FindLag>& c) {
    c.map("finds the constant lag between picture and labels of a recording, and moves the labels by it").parallel();
    c.param("input", &FindLag::input).one_of({"values", "logits"}).doc("what the curves hold; logits go through the sigmoid");
    c.param("reach", &FindLag::reach).range(0.05, 10).unit("s").doc("lags looked for, either way");
    c.param("step", &FindLag::step).range(0.001, 0.05).unit("s").doc("between lags tried; the peak is found between them");
    c.param("width", &FindLag::width)
        .range(0.001, 1)
        .unit("s")
        .doc("deviation of the bell that a moment is seen through; at least 0.8 rows");
    c.param("agreement", &FindLag::agreement).range(0.001, 1).unit("s").doc("halves of a recording agree within this");
    c.param("least_notes", &FindLag::least_notes).at_least(1).unit("notes").doc("a recording with fewer is left as it is");
    c.param("least_confidence", &FindLag::least_confidence).range(0, 1).doc("a lag with less is not applied");
    c.in("onset", "f32[T,88]").doc("of a whole recording: high where a key goes down");
    c.in("offset", "f32[T,88]").optional().doc("high where a key comes up");
    c.in("notes", "notes").doc("the recording's labels");
    c.out("lag", "json");
    c.out("notes", "notes").doc("the labels, moved where a lag was found");
    c.example("[stages.lag]\nuse = \"labels/lag\"\nin = { onset = \"stitch.onset\", notes = \"labels\" }\ninput = \"logits\"\n");
  }

  std::tuple<json, notes::Notes> operator()(const at::Tensor& onset, const at::Tensor* offset, const notes::Notes& notes,
                                            Context& context) const {
    const auto& grid = context.get<TimeGrid>("time grid");
    const auto* clip = context.find<data::Clip>();
    const double before_s = clip ? clip->label_shift_s : 0;
    const LagRules rules{reach.seconds, step.seconds, width.seconds, agreement.seconds, least_notes, least_confidence};
    const at::Tensor down = curve(onset, "onset");
    Strengths strengths(rules, grid.hop_seconds());
    const auto struck = moments(notes, &notes::Note::onset_s, grid, onset.size(0));
    strengths.add(down, grid, struck);
    if (offset) strengths.add(curve(*offset, "offset"), grid, moments(notes, &notes::Note::offset_s, grid, onset.size(0)));
    Lag lag = find_lag(strengths, struck.size(), rules, context.seed());
    if (!notes.labelled) lag.fault = "no labels";

    json entry{{"name", notes::recording_name(context)}, {"split", clip ? clip->split : ""}, {"reference_notes", struck.size()}};
    entry["lag_ms"] = rounded(1e3 * lag.lag_s, 10);
    entry["spread_ms"] = rounded(1e3 * lag.spread_s, 10);
    entry["confidence"] = lag.confidence;
    entry["verdict"] = lag.fault.empty() ? "found" : lag.fault;
    const double applied_s = lag.fault.empty() ? lag.lag_s : 0;
    entry["label_shift_s"] = rounded(before_s + applied_s, 1e4);
    notes::Notes moved = applied_s == 0 ? notes : notes::shifted(notes, applied_s);
    entry["correlation"] = correlation(down, moved, grid);
    if (!lag.fault.empty())
      spdlog::warn("{}: labels left as they are: {} ({} notes, confidence {:.2f})", notes::recording_name(context), lag.fault,
                   struck.size(), lag.confidence);
    return {std::move(entry), std::move(moved)};
  }

 private:
  /// Never -0.
  static double rounded(double value, double parts) { return std::round(value * parts) / parts + 0.0; }

  at::Tensor curve(const at::Tensor& values, const char* name) const {
    if (!values.isfinite().all().item<bool>())
      throw Error(std::string("the ") + name + " curve holds values that are no numbers", "look at what made it");
    return (input == "logits" ? values.sigmoid() : values).contiguous();
  }
  /// Of notes on the 88 keys that the picture can show.
  std::vector<LabelledMoment> moments(const notes::Notes& notes, double notes::Note::*time, const TimeGrid& grid, std::int64_t rows) const {
    const double begin_s = grid.seconds_at(0) - reach.seconds, end_s = grid.seconds_at(static_cast<double>(rows)) + reach.seconds;
    std::vector<LabelledMoment> out;
    for (const auto& note : notes.list)
      if (const int key = note.pitch - notes::lowest_pitch;
          key >= 0 && key < notes::key_count && note.*time > begin_s && note.*time < end_s)
        out.push_back({note.*time, key});
    return out;
  }
  json correlation(const at::Tensor& curve, const notes::Notes& notes, const TimeGrid& grid) const {
    const auto painted = triangle_rolls(notes, grid, curve.size(0), 0.1).at("onset");
    const auto cells = static_cast<std::size_t>(curve.numel());
    const auto found = centred_correlation({curve.const_data_ptr<float>(), cells}, {painted.const_data_ptr<float>(), cells});
    return found ? json(rounded(*found, 1e4)) : json();
  }
};
TIVIT_STAGE("labels/lag", FindLag)

}  // namespace
}  // namespace tivit::labels
