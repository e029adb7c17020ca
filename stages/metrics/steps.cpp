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
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stages/labels/on_steps.hpp>
#include <stages/metrics/step_rows.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/tensor/stage.hpp>
#include <tuple>

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

  void check(Faults& faults) const {
    if (onset_thresholds.size() != offset_thresholds.size())
      faults.add("offset_thresholds",
                 "there are " + std::to_string(onset_thresholds.size()) + " onset_thresholds and " +
                     std::to_string(offset_thresholds.size()) + " offset_thresholds",
                 "give both lists the same length");
    if (thresholds_are != "probabilities") return;
    for (const auto& [name, list] : {std::pair{"onset_thresholds", &onset_thresholds}, {"offset_thresholds", &offset_thresholds}})
      for (const double value : *list)
        if (!(value >= 0 && value <= 1))
          faults.add(name, std::to_string(value) + " is no probability", "give values from 0 to 1, or set thresholds_are = \"logits\"");
  }
  void open(RunContext&) { rows_.set(onset_thresholds, offset_thresholds); }

  void add(const Fields& logits, const Fields& batch, const Fields* loss, Emit&) {
    const auto before = std::tuple(batches_, means_, rows_);
    try {
      count(logits, batch, loss);
    } catch (...) {
      std::tie(batches_, means_, rows_) = before;  // a batch counts as a whole or not at all
      throw;
    }
  }

  void finish(Emit& emit, Context& context) {
    json report{{"kind", "steps"}, {"batches", batches_}, {"values", json::object()}, {"rows", rows_.report()}};
    if (batches_ > 0) mean("pitch_acc", 0, 0);
    RunContext::Values values;
    for (const auto& [name, sum] : means_) {
      report["values"][name] = sum.second ? sum.first / static_cast<double>(sum.second) : 0;
      values.emplace_back(name, report["values"][name].get<double>());
    }
    context.run().metrics(event, context.run().first_epoch, values);
    batches_ = 0;
    means_.clear();
    rows_.clear();
    emit(std::move(report));
  }

  std::string save_state() const {
    json means = json::object();
    for (const auto& [name, sum] : means_) means[name] = {kept(sum.first), sum.second};
    return json{batches_, means, rows_.state()}.dump();
  }
  void load_state(std::string_view state) {
    const json all = json::parse(state);
    batches_ = all[0];
    means_.clear();
    for (const auto& [name, sum] : all[1].items()) means_[name] = {number(sum[0]), sum[1]};
    rows_.load(all[2]);
  }

 private:
  /// JSON knows no number that is none; the loss of a training that diverged is one.
  static json kept(double value) { return std::isfinite(value) ? json(value) : json(std::to_string(value)); }
  static double number(const json& kept) { return kept.is_string() ? std::stod(kept.get<std::string>()) : kept.get<double>(); }

  void count(const Fields& logits, const Fields& batch, const Fields* loss) {
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
      const auto scaled = logit.div(temperature).add(bias);
      rows_.add(name, thresholds_are == "logits" ? scaled : at::sigmoid(scaled), labels::same_keys(target, logit.size(2)), kept, tolerance);
    }
    if (clips && logits.has("pitch"))
      mean("pitch_acc", cell_counts(at::sigmoid(logits.at("pitch").detach()).ge(threshold),
                                    labels::same_keys(targets.at("pitch"), logits.at("pitch").size(1)).ge(0.5))
                            .f1());
    for (const char* name : {"hand", "clef"})
      if (logits.has(name) && targets.has(name)) {
        const auto right = of_kept(timed(logits.at(name)).argmax(2).eq(labels::nearest_time(timed(targets.at(name)), steps)));
        if (right.numel() > 0) mean(std::string(name) + "_acc", right.to(at::kDouble).mean().item<double>());
      }
  }

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

  std::int64_t batches_ = 0;
  std::map<std::string, std::pair<double, std::int64_t>> means_;  ///< sum and count
  StepRows rows_;
};
TIVIT_STAGE("metrics/steps", StepMetrics)

}  // namespace
}  // namespace tivit::metrics
