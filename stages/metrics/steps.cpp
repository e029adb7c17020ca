// metrics/steps: a model's logits and the targets of the same batch -> the figures that the earlier Python system printed.
//
//   [stages.steps]
//   use = "metrics/steps"
//   in = { logits = "forward", batch = "batch", loss = "loss" }      # loss may be left out
//   onset_thresholds = [0.3, 0.5]
//
// `values`: what its `Val:` line holds (report/val_line prints it). A step is positive where any key is; F1 of steps is averaged over
// batches, those without a positive step on either side left out. pitch_acc is F1 of pitch cells for a model of whole clips, and 0
// for one of steps, as it was there.
// `rows`: for each pair of thresholds, onset and offset cells: F1 over all of them, rates, and F1 of events of the same key of the same
// member of a batch, `tolerance` apart at most. Targets are brought to the model's steps by their maximum, 128 pitches cut to 88 keys.
// Numbers made here can be laid beside the old ones; metrics/notes says how good a transcription is. Fails on a batch that lacks
// targets.onset or .offset, or where only one list of thresholds is given a length.
#include <ATen/ops/sigmoid.h>
#include <ATen/TensorOperators.h>
#include <map>
#include <nlohmann/json.hpp>
#include <stages/labels/on_steps.hpp>
#include <stages/metrics/step_scores.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::metrics {
namespace {

using nlohmann::json;

class StepMetrics {
 public:
  std::string event = "steps", thresholds_are = "probabilities";
  double threshold = 0.5, temperature = 1, bias = 0, tolerance = 0;
  std::vector<double> onset_thresholds{0.5}, offset_thresholds{0.5};

  static void contract(Contract<StepMetrics>& c) {
    c.gather("figures of a model's steps, cells and events, as the earlier Python system counted them", "run");
    c.param("event", &StepMetrics::event).doc("the name under which `values` go to metrics.jsonl");
    c.param("threshold", &StepMetrics::threshold).range(0, 1).unit("probability").doc("of a positive step");
    c.param("onset_thresholds", &StepMetrics::onset_thresholds).doc("of onset cells; one row of figures each");
    c.param("offset_thresholds", &StepMetrics::offset_thresholds).doc("of offset cells, in the same rows");
    c.param("thresholds_are", &StepMetrics::thresholds_are).one_of({"probabilities", "logits"}).doc("what the two lists hold");
    c.param("temperature", &StepMetrics::temperature).range(1e-6, 1e6).doc("onset and offset logits are divided by it in `rows`");
    c.param("bias", &StepMetrics::bias).doc("then added to them");
    c.param("tolerance", &StepMetrics::tolerance).at_least(0).unit("steps").doc("distance of two events that still count as one");
    c.in("logits", "{onset: f32[...], offset: f32[...], ...}").doc("of steps [B,T',K], or of clips [B,K]");
    c.in("batch", "{...}").doc("targets.onset, .offset, and where there are such logits .hand and .clef; mask bool[B,T]");
    c.in("loss", "{total: f32[], ...}").optional().doc("its parts are averaged over batches");
    c.out("scores", "json");
    c.example("[stages.steps]\nuse = \"metrics/steps\"\nin = { logits = \"forward\", batch = \"batch\", loss = \"loss\" }\n");
  }

  void open(RunContext&) {
    if (onset_thresholds.size() != offset_thresholds.size())
      throw Error("there are " + std::to_string(onset_thresholds.size()) + " onset_thresholds and " +
                      std::to_string(offset_thresholds.size()) + " offset_thresholds",
                  "give both lists the same length");
    rows_.resize(onset_thresholds.size());
  }

  void add(const Fields& logits, const Fields& batch, const Fields* loss, Emit&) {
    const bool clips = logits.at("onset").dim() == 2;
    const Fields targets = clips && batch.has("targets.clip.onset") ? batch.sub("targets").sub("clip") : batch.sub("targets");
    const auto timed = [&](const at::Tensor& x) { return clips ? x.unsqueeze(1) : x; };
    const auto steps = timed(logits.at("onset")).size(1);
    const at::Tensor kept = !clips && batch.has("mask") ? labels::whole_steps(batch.at("mask"), steps) : at::Tensor();
    const auto of_kept = [&](const at::Tensor& step) { return kept.defined() ? step.masked_select(kept) : step.flatten(); };
    ++batches_;
    if (loss)
      for (const auto& [part, value] : *loss) mean(part, value.item<double>());
    for (const char* name : {"onset", "offset"}) {
      const auto logit = timed(logits.at(name)).detach();
      const auto target = labels::pool_time(timed(targets.at(name)).to(at::kFloat), steps).ge(0.5);
      score_steps(name, of_kept(at::sigmoid(logit).ge(threshold).any(2)), of_kept(target.any(2)));
      score_cells(name, logit, labels::same_keys(target, logit.size(2)), kept);
    }
    if (clips && logits.has("pitch"))
      mean("pitch_acc", cell_counts(at::sigmoid(logits.at("pitch").detach()).ge(threshold),
                                    labels::same_keys(targets.at("pitch"), logits.at("pitch").size(1)).ge(0.5))
                            .f1());
    for (const char* name : {"hand", "clef"})
      if (logits.has(name) && targets.has(name)) {
        const auto right = timed(logits.at(name)).argmax(2).eq(labels::nearest_time(timed(targets.at(name)), steps));
        mean(std::string(name) + "_acc", of_kept(right).to(at::kDouble).mean().item<double>());
      }
  }

  void finish(Emit& emit, Context& context) {
    json report{{"kind", "steps"}, {"batches", batches_}, {"values", json::object()}, {"rows", json::array()}};
    if (batches_ > 0) mean("pitch_acc", 0, 0);
    RunContext::Values values;
    for (const auto& [name, sum] : means_) {
      report["values"][name] = sum.second ? sum.first / static_cast<double>(sum.second) : 0;
      values.emplace_back(name, report["values"][name].get<double>());
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      report["rows"].push_back({{"onset_threshold", onset_thresholds[i]}, {"offset_threshold", offset_thresholds[i]}});
      for (const char* name : {"onset", "offset"}) report["rows"].back()[name] = figures(rows_[i][name]);
    }
    context.run().metrics(event, context.run().first_epoch, values);
    load_state("[0,{},[]]");
    emit(std::move(report));
  }

  std::string save_state() const { return json{batches_, means_, rows_}.dump(); }
  void load_state(std::string_view state) {
    const json all = json::parse(state);
    batches_ = all[0];
    means_ = all[1].get<decltype(means_)>();
    rows_ = all[2].get<decltype(rows_)>();
    rows_.resize(onset_thresholds.size());
  }

 private:
  using Counts = std::map<std::string, std::int64_t>;

  void mean(const std::string& name, double value, std::int64_t count = 1) {
    auto& sum = means_[name];
    sum.first += value;
    sum.second += count;
  }

  void score_steps(const std::string& head, const at::Tensor& predicted, const at::Tensor& target) {
    const auto counts = cell_counts(predicted, target);
    const auto steps = static_cast<double>(predicted.numel());
    if (counts.tp + counts.fp + counts.fn > 0) mean(head + "_f1", counts.f1());
    mean(head + "_f1", 0, 0);
    if (steps == 0) return;
    mean(head + "_pred_rate", static_cast<double>(counts.tp + counts.fp) / steps);
    mean(head + "_pos_rate", static_cast<double>(counts.tp + counts.fn) / steps);
  }

  void score_cells(const std::string& head, const at::Tensor& raw, at::Tensor target, const at::Tensor& kept) {
    const auto scaled = raw.div(temperature).add(bias);
    const auto value = thresholds_are == "logits" ? scaled : at::sigmoid(scaled);
    const auto& thresholds = head == "onset" ? onset_thresholds : offset_thresholds;
    if (kept.defined()) target = target.logical_and(kept.unsqueeze(2));
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      auto predicted = value.ge(thresholds[i]);
      if (kept.defined()) predicted = predicted.logical_and(kept.unsqueeze(2));
      const auto cells = cell_counts(predicted, target), events = event_counts(predicted.cpu(), target.cpu(), tolerance);
      Counts& counts = rows_[i][head];
      counts["cells"] += kept.defined() ? kept.sum().item<std::int64_t>() * raw.size(2) : raw.numel();
      counts["tp"] += cells.tp, counts["fp"] += cells.fp, counts["fn"] += cells.fn;
      counts["event_tp"] += events.tp, counts["event_fp"] += events.fp, counts["event_fn"] += events.fn;
    }
  }

  static json figures(Counts& of) {
    const StepCounts cells{of["tp"], of["fp"], of["fn"]}, events{of["event_tp"], of["event_fp"], of["event_fn"]};
    const double all = std::max<double>(1, static_cast<double>(of["cells"]));
    json out = of;
    out["f1"] = cells.f1();
    out["pred_rate"] = static_cast<double>(cells.tp + cells.fp) / all;
    out["pos_rate"] = static_cast<double>(cells.tp + cells.fn) / all;
    out["event_precision"] = events.precision(), out["event_recall"] = events.recall(), out["event_f1"] = events.f1();
    return out;
  }

  std::int64_t batches_ = 0;
  std::map<std::string, std::pair<double, std::int64_t>> means_;  ///< sum and count
  std::vector<std::map<std::string, Counts>> rows_;               ///< by head
};
TIVIT_STAGE("metrics/steps", StepMetrics)

}  // namespace
}  // namespace tivit::metrics
