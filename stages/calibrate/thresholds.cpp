// calibrate/thresholds: logits of labelled recordings -> how to calibrate each head, and its best threshold.
//
//   [stages.thresholds]
//   use = "calibrate/thresholds"
//   in = { logits = "rescored.logits", reference = "labels", targets = "targets" }   # notes and rolls; one of them may be left out
//
// First each head's line (Platt scaling) is fitted to the targets, then its threshold chosen on calibrated logits: by the F1 of the
// notes that `decoder` finds at it (heads that the decoder has a threshold for, one after the other), else by the F1 of cells. Notes
// count within the rows that the logits have. Logits of the whole run are kept until it ends. Recordings without labels are left out.
// The file says which key prior and, with `model`, which weights it belongs to.
// A head that finds nothing right at any threshold, such as one whose labels are silent, is left out of the calibration, and the log
// names it. Fails when no recording or no head is left, when logits and targets differ in shape, and when what the criterion needs is
// not connected. A best threshold on the edge of what was tried is told in the log and in both results.
#include <spdlog/spdlog.h>
#include <stages/calibrate/head_search.hpp>
#include <stages/calibrate/made_with.hpp>
#include <stages/calibrate/report.hpp>
#include <stages/notes/recording_name.hpp>
#include <stages/report/json_value.hpp>

#include <algorithm>
#include <tivit/tensor/stage.hpp>

namespace tivit::calibrate {
namespace {

using nlohmann::json;

class FindThresholds {
 public:
  std::string criterion = "notes", decoder = "events", fit = "platt", grid_kind = "adaptive";
  std::vector<std::string> heads;
  std::vector<double> probabilities;
  double from = Grid{}.from, to = Grid{}.to, step = Grid{}.step;
  Duration tolerance{0.05};
  notes::EventRules rules;
  Duration support{rules.support_s}, merge{rules.merge_s}, shortest{rules.shortest_s};
  double frame_support = rules.frame_support, frame_end = rules.frame_end;
  notes::HysteresisDurations gates;
  std::int64_t min_on = gates.min_on, min_off = gates.min_off, merge_gap = gates.merge_gap, median = gates.median;
  std::shared_ptr<Resource> model;

  static void contract(Contract<FindThresholds>& c) {
    using S = FindThresholds;
    c.gather("calibrates each head's logits and finds its best threshold", "run");
    c.param("criterion", &S::criterion).one_of({"notes", "cells"}).doc("whose F1 is best: notes, or cells of a roll");
    c.param("decoder", &S::decoder).one_of({"events", "segments"}).doc("notes by notes/events, or by notes/hysteresis and notes/segments");
    c.param("heads", &S::heads).doc("heads to calibrate; empty: all that there are targets for, and those of the decoder");
    c.param("fit", &S::fit)
        .one_of({"platt", "temperature", "none"})
        .doc("the line through logits: scale and bias, scale alone, as they are");
    c.param("grid", &S::grid_kind)
        .one_of({"adaptive", "fixed"})
        .doc("thresholds tried: from, from + step, …, to, and where that does not do, wider and finer; or no others");
    c.param("from", &S::from).range(-reach, reach).unit("logit").doc("first threshold");
    c.param("to", &S::to).range(-reach, reach).unit("logit").doc("last threshold (adaptive: at first)");
    c.param("step", &S::step).range(1e-3, 10).unit("logit").doc("between thresholds");
    c.param("probabilities", &S::probabilities).range(0, 1).doc("these thresholds instead of a grid");
    c.param("tolerance", &S::tolerance).range(0.001, 1).unit("s").doc("how near the onsets of notes must lie");
    c.param("events.frame_support", &S::frame_support).range(0, 1).doc("as in notes/events, like all of events.*");
    c.param("events.frame_end", &S::frame_end).range(0, 1).doc("below this frame probability a note ends");
    c.param("events.support", &S::support)
        .range(0, 10)
        .unit("s")
        .doc("how near to the onset the frame probability must reach frame_support");
    c.param("events.merge", &S::merge).at_least(0).unit("s").doc("of onsets of one key closer than this the higher one stays");
    c.param("events.shortest", &S::shortest).range(0.001, 10).unit("s").doc("least length of a note");
    c.param("hysteresis.min_on", &S::min_on)
        .at_least(0)
        .unit("rows")
        .doc("of the pitch head, as in notes/hysteresis, like all of hysteresis.*");
    c.param("hysteresis.min_off", &S::min_off).at_least(0).unit("rows").doc("shorter gaps are closed");
    c.param("hysteresis.merge_gap", &S::merge_gap).at_least(0).unit("rows").doc("gaps up to this are closed");
    c.param("hysteresis.median", &S::median).at_least(0).unit("rows").doc("median filter in front; even widths grow by one");
    c.may_use("model", &S::model, "model");
    c.in("logits", "{...}").doc("of whole recordings, each with its TimeGrid");
    c.in("reference", "notes").optional().doc("their labels");
    c.in("targets", "{...}").optional().doc("rolls of their labels, under the heads' names");
    c.out("calibration", "json").doc("the content of calibration.json");
    c.out("report", "json").doc("curves and reliability, for report/thresholds and report/reliability");
    c.example(
        "[stages.thresholds]\nuse = \"calibrate/thresholds\"\nin = { logits = \"rescored.logits\", reference = \"labels\", targets = "
        "\"targets\" }\n");
  }

  void check(Faults& faults) const {
    if (to <= from) faults.add("to", "`to` is not above `from`", "give a range of logits, such as -4 to 2");
    if (auto problem = nothing_to_judge_by(faults.is_fed("reference"), faults.is_fed("targets")))
      faults.add(criterion == "notes" && faults.is_fed("reference") ? "fit" : "criterion", *std::move(problem));
  }

  void open(RunContext&) {
    rules = {.frame_support = frame_support,
             .frame_end = frame_end,
             .support_s = support.seconds,
             .merge_s = merge.seconds,
             .shortest_s = shortest.seconds};
    search_ = {.by_notes = criterion == "notes",
               .fit = fit,
               .heads = heads,
               .grid = {from, to, step, grid_kind == "adaptive", probabilities},
               .decoder = {decoder == "segments", rules, {min_on, min_off, merge_gap, median | 1}},
               .tolerance_s = tolerance.seconds};
  }

  void add(const Fields& logits, const notes::Notes* reference, const Fields* targets, Emit&, Context& context) {
    const std::string name = notes::recording_name(context);
    if (logits.empty()) throw Error("the record holds no logits", "connect the heads of a network", name);
    if (auto problem = nothing_to_judge_by(reference, targets)) throw *std::move(problem);
    if (reference && !reference->labelled) return unlabelled_.push_back(name);
    Recording recording(name, logits, context.get<TimeGrid>("time grid"), context.find<keyboard::KeyGeometry>(), reference);
    std::map<std::string, Cells> own;
    for (const auto& head : heads_of(logits, targets))
      if (targets && targets->has(head)) own[head].add(logits.at(head), targets->at(head), recording.left_out);
    if (search_.by_notes)
      for (const auto& head : search_.decoder.heads()) recording.keys_of(head);
    for (const auto& head : heads) must_be_judged(head, logits, targets);
    // Now nothing fails any more: a recording is kept as a whole, or not at all.
    if (const auto* used = context.find<notes::UsedKeyPrior>()) prior_ = *used;
    for (const auto& [head, cells] : own) cells_[head].append(cells);
    recordings_.push_back(std::move(recording));
  }

  void finish(Emit& emit, Context& context) {
    std::int64_t failed = 0;
    if (const Members* members = context.members())
      failed = std::ranges::count_if(*members, [](const Member& member) { return member.lost.has_value(); });
    if (recordings_.empty() && failed > 0)
      throw Error("no recording came: " + std::to_string(failed) + " failed before", "quarantine.jsonl says why");
    if (recordings_.empty()) throw Error("no labelled recording came", "calibrate on a split with labels: --set split=val");
    json calibration = json::object(), entries = json::object();
    bool silent = true;
    for (const auto& [head, result] : calibrate_heads(search_, recordings_, cells_)) {
      tell(head, result);
      if (result.left_out.empty()) calibration[head] = calibration_entry(result);
      entries[head] = report_entry(result);
      silent = silent && result.by_logit.winner().score.reference == 0;
    }
    // Given thresholds are tried for their curve, and a curve may be zero.
    if (calibration.empty() && (silent || probabilities.empty())) throw nothing_found(entries);
    // Not before the model has been at work: a run that trains it and calls this graph makes its last step then.
    if (auto with = made_with(fingerprint(model.get()), prior_ ? &*prior_ : nullptr); !with.empty())
      calibration["made_with"] = std::move(with);
    json report{{"kind", "thresholds"}, {"heads", entries}, {"recordings", json::array()}, {"unlabelled", unlabelled_}, {"failed", failed}};
    for (const auto& recording : recordings_) report["recordings"].push_back(recording.name);
    emit(std::move(calibration), std::move(report));
  }

 private:
  std::optional<Error> nothing_to_judge_by(bool reference, bool targets) const {
    if (criterion == "notes" && !reference)
      return Error("notes are to be scored, but `reference` is not connected", "connect labels, or set criterion = \"cells\"");
    if ((criterion == "cells" || fit != "none") && !targets)
      return Error("`targets` is not connected", "connect labels/targets, or set criterion = \"notes\" and fit = \"none\"");
    return std::nullopt;
  }

  std::vector<std::string> heads_of(const Fields& logits, const Fields* targets) const {
    if (!heads.empty()) return heads;
    std::vector<std::string> all;
    for (const auto& [head, values] : logits)
      if (targets && targets->has(head) && values.dim() == 2 && targets->at(head).dim() == 2) all.push_back(head);  // no hands, no clefs
    return all;
  }

  void must_be_judged(const std::string& head, const Fields& logits, const Fields* targets) const {
    std::vector<std::string> there;
    for (const auto& [name, values] : logits) there.push_back(name);
    if (!logits.has(head)) throw Error("heads: there are no logits \"" + head + "\"", "there is " + quoted_list(there));
    const bool by_notes = search_.by_notes && std::ranges::count(search_.decoder.heads(), head);
    if (!by_notes && !(targets && targets->has(head)))
      throw Error("nothing tells which threshold of head \"" + head + "\" is best", "connect targets that have it");
  }

  /// No file is better than one whose thresholds come from nothing: it would be used.
  static Error nothing_found(const json& entries) {
    std::string why;
    for (const auto& [head, entry] : entries.items())
      why += (why.empty() ? "\"" : ", \"") + head + "\" (" + entry.at("left_out").get<std::string>() + ")";
    return Error("no head has a threshold: " + why, "calibrate on recordings whose labels hold notes: --set split=val");
  }

  static void tell(const std::string& head, const HeadResult& result) {
    const auto& winner = result.by_logit.winner();
    if (!result.left_out.empty())
      spdlog::warn("head \"{}\" is left out of the calibration: {}", head, result.left_out);
    else if (result.by_logit.edge == "all")
      spdlog::warn("head \"{}\": at the best threshold, {:.4f}, all that it says counts; it does not tell right from wrong", head,
                   winner.threshold.probability());
    else if (result.by_logit.edge == "flat")
      spdlog::warn("head \"{}\": every threshold gives the same F1, {:.3f}", head, winner.score.f1());
    else if (!result.by_logit.edge.empty())
      spdlog::warn("head \"{}\": the best threshold, {:.4f}, lies at the {} edge of what was tried; a better one may lie beyond", head,
                   winner.threshold.probability(), result.by_logit.edge);
    if (const auto& other = result.by_probability;
        other && result.left_out.empty() && other->winner().score.f1() > winner.score.f1() + much)
      spdlog::warn(
          "head \"{}\": best_prob, {:.4f}, has F1 {:.3f}, and best_logit, which is taken, {:.3f}: try logits closer together or further "
          "out",
          head, other->winner().threshold.probability(), other->winner().score.f1(), winner.score.f1());
    if (!result.fit.refused.empty()) spdlog::warn("head \"{}\" is not calibrated: {}", head, result.fit.refused);
  }

  static constexpr double much = 0.01;  ///< of F1

  HeadSearch search_;
  std::optional<notes::UsedKeyPrior> prior_;
  std::vector<Recording> recordings_;
  std::map<std::string, Cells> cells_;
  std::vector<std::string> unlabelled_;
};
TIVIT_STAGE("calibrate/thresholds", FindThresholds)

}  // namespace
}  // namespace tivit::calibrate
