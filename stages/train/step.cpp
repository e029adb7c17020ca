// train/step: the loss goes backwards, the weights move.
#include <c10/core/GradMode.h>
#include <spdlog/spdlog.h>
#include <stages/model/batch_name.hpp>
#include <stages/model/model.hpp>
#include <stages/train/kept_checkpoints.hpp>
#include <stages/train/optimizer.hpp>
#include <stages/train/running_means.hpp>
#include <stages/train/schedule.hpp>
#include <stages/train/step_state.hpp>

#include <cmath>
#include <tivit/tensor/stage.hpp>
#include <utility>

namespace tivit::train {

/// Port: loss (record with `total`; other fields are reported beside it). Resource: `model`; the lease that came with the batch ends here.
/// AdamW, warm-up and cosine, clipping, accumulation, averaged weights (which checkpoints and `[[after]]` graphs use).
/// Writes <run>/checkpoints/last, best and epoch-NNN (.safetensors and .json). "best" follows `best_metric` of the event `best_event` (the
/// graph in `[[after]]`); until one has reported, it is the last.
///   [stages.step]
///   use = "train/step"
///   in = "loss"
///   model = "model"
///   learning_rate = 2e-3
///   draws_per_epoch = 2000
///   batch = 8
/// A loss or a gradient that is not a finite number makes no step: the Error names the batch and its clips, and the weights stay as they
/// were. An epoch that ends on such a batch, or with weights that are no numbers, replaces no checkpoint: its weights go to `suspect`.
/// An epoch without a single batch makes none, with a warning.
/// Gathered batches that are fewer than `accumulate` at the end of an epoch make its last step, before an `[[after]]` graph scores it.
struct Step : AdamWOptions, KeptOptions {
  std::shared_ptr<model::Model> model;
  double learning_rate = 2e-3, warm_up = 0.04, floor = 0.02, average = 0;
  std::int64_t accumulate = 1, total_steps = 0, draws_per_epoch = 0, batch = 1, log_every = 20, freeze_epochs = 0;
  std::vector<std::string> trained_when_frozen{"head"};

  static void contract(Contract<Step>& c) {
    c.sink("moves the model's weights down the gradient of the loss, and keeps checkpoints");
    c.example(
        "[stages.step]\nuse = \"train/step\"\nin = \"loss\"\nmodel = \"model\"\nlearning_rate = 2e-3\ndraws_per_epoch = 2000\nbatch = 8\n");
    c.uses("model", &Step::model, "model");
    c.param("learning_rate", &Step::learning_rate).at_least(0).doc("peak of the learning rate");
    c.param("warm_up", &Step::warm_up).range(0, 1).doc("share of all steps in which the rate rises to its peak");
    c.param("floor", &Step::floor).range(0, 1).doc("share of the peak that the cosine ends at; 1: no schedule");
    c.param("total_steps", &Step::total_steps)
        .at_least(0)
        .unit("steps")
        .doc("length of the schedule; 0: epochs x draws_per_epoch / batch / accumulate");
    c.param("draws_per_epoch", &Step::draws_per_epoch).at_least(0).unit("items").doc("samples of an epoch, to know the schedule's length");
    c.param("batch", &Step::batch).at_least(1).unit("items").doc("samples of a batch, to know the schedule's length");
    c.param("accumulate", &Step::accumulate).at_least(1).unit("batches").doc("batches whose gradients make one step");
    c.param<double>("beta1", &AdamWOptions::beta1).range(0, 0.999999).doc("memory of the mean gradient");
    c.param<double>("beta2", &AdamWOptions::beta2).range(0, 0.999999).doc("memory of the mean squared gradient");
    c.param<double>("epsilon", &AdamWOptions::epsilon).at_least(1e-20).doc("added to the root of the squares");
    c.param<double>("weight_decay", &AdamWOptions::weight_decay).at_least(0).doc("decoupled decay, times the learning rate");
    c.param<bool>("decay_matrices_only", &AdamWOptions::decay_matrices_only).doc("leave biases and norms without decay");
    c.param<std::vector<std::string>>("faster_names", &AdamWOptions::faster_names)
        .doc("parameters with one of these in their name take `faster` times the rate");
    c.param<double>("faster", &AdamWOptions::faster).at_least(0).doc("that factor");
    c.param<double>("clip_norm", &AdamWOptions::clip_norm).at_least(0).doc("largest norm of all gradients together; 0: no limit");
    c.param("average", &Step::average).range(0, 1).doc("decay of the averaged weights a step; 0: none are kept");
    c.param("freeze_epochs", &Step::freeze_epochs).at_least(0).unit("epochs").doc("first epochs in which only `trained_when_frozen` moves");
    c.param("trained_when_frozen", &Step::trained_when_frozen).doc("parts of names of parameters");
    c.param("log_every", &Step::log_every).at_least(1).unit("steps").doc("steps whose means make one line of metrics");
    c.param<std::int64_t>("keep_every", &KeptOptions::keep_every)
        .at_least(0)
        .unit("epochs")
        .doc("keep a checkpoint of every n-th epoch; 0: none");
    c.param<std::string>("best_event", &KeptOptions::best_event).doc("metrics event that scores an epoch");
    c.param<std::string>("best_metric", &KeptOptions::best_metric).doc("its figure that decides which checkpoint is the best");
    c.param<bool>("best_is_lowest", &KeptOptions::best_is_lowest).doc("the figure is a loss");
    c.in("loss", "{total: f32[], ...}");
  }

  void check(Faults& faults) const {
    if (total_steps == 0 && draws_per_epoch == 0 && (warm_up > 0 || floor < 1))
      faults.add("total_steps", "the schedule's length is not known",
                 "give total_steps, or draws_per_epoch and batch; or warm_up = 0 and floor = 1 for a constant rate");
    if (freeze_epochs > 0 && trained_when_frozen.empty())
      faults.add("trained_when_frozen", "nothing would be trained in the first epochs", "name parts of parameters, such as \"head\"");
  }

  ~Step() {
    if (model) model->before_scoring = nullptr;
  }
  void open(RunContext& run) {
    must_be_found("faster_names", faster_names, model->parameters());
    if (freeze_epochs > 0) must_be_found("trained_when_frozen", trained_when_frozen, model->parameters());
    optimizer_ = AdamW(model->parameters(), *this);
    schedule_ = {learning_rate, warm_up, floor, total_steps};
    const std::int64_t batches = (draws_per_epoch + batch - 1) / batch;
    if (total_steps == 0) schedule_.total_steps = run.epochs * ((batches + accumulate - 1) / accumulate);
    kept_ = KeptCheckpoints(run.directory / "checkpoints", *this);
    model->before_scoring = [this, &run] { finish_step(run); };
  }

  void operator()(const Fields& loss, Context& context) {
    epoch_ = context.epoch();
    batch_ = model::batch_name(context);
    if (at_.batches_of_epoch++ == 0) kept_.consider(context.run());
    doubt_ = "its last batch gave no finite loss or gradient";  // until this batch has been learned from
    const auto total = loss.at("total");
    if (!std::isfinite(total.item<double>())) {
      model->forget_batch();
      throw Error("the loss of this batch is " + std::to_string(total.item<double>()), "lower learning_rate or set clip_norm", batch_);
    }
    {
      const c10::AutoGradMode gradients(true);
      (accumulate > 1 ? total.div(accumulate) : total).backward();
    }
    means_.add(loss);
    epoch_means_.add(loss);
    if (++at_.gathered >= accumulate) step(context.run());
    doubt_.clear();
  }

  void scope_end(Context& context) {
    if (context.scope().kind == "epoch") end_epoch(context);
    kept_.consider(context.run());
    kept_.warn_of_no_metric(context.run());
  }

  std::string save_state() const { return write_state({at_, kept_.best(), optimizer_.state(), means_, epoch_means_, kept_.held()}); }
  void load_state(std::string_view bytes) {
    StepState state = read_state(bytes);
    at_ = state.at;
    kept_.restore(std::move(state.held), state.best);
    optimizer_.load(state.optimizer);
    means_ = state.means;
    epoch_means_ = state.epoch_means;
  }

 private:
  /// What was gathered and is less than a step makes one all the same: the epoch is over, and nobody else has the model.
  void finish_step(RunContext& run) {
    if (at_.gathered == 0) return;
    try {
      step(run);
    } catch (const Error& error) {
      doubt_ = std::string("its last step was not made: ") + error.what();
    }
  }
  void end_epoch(Context& context) {
    if (at_.batches_of_epoch == 0)
      return spdlog::warn(
          "epoch {}: not one batch came: nothing was learned, and no checkpoint is made of it; quarantine.jsonl says what became of the "
          "clips",
          context.epoch() + 1);
    finish_step(context.run());
    Checkpoint ended{model->best_known_weights(), context.epoch(), at_.steps, epoch_means_.take()};
    at_.batches_of_epoch = 0;
    context.run().metrics("train_epoch", context.epoch(), ended.figures);
    if (const auto& rate = model->row_rate().known()) ended.figures.emplace_back("rows_per_s", *rate);
    kept_.end_epoch(std::move(ended), std::exchange(doubt_, {}));
  }
  void step(RunContext& run) {
    at_.gathered = 0;
    const double rate = schedule_.at(at_.steps);
    const double norm = moved(rate);
    optimizer_.zero_gradients();
    if (average > 0) model->average(average);
    ++at_.steps;
    means_.add("gradient_norm", norm);
    if (at_.steps % log_every != 0) return;
    RunContext::Values values{{"step", static_cast<double>(at_.steps)}, {"learning_rate", rate}};
    for (auto& value : means_.take()) values.push_back(value);
    run.metrics("train", epoch_, values);
  }
  double moved(double rate) try {
    return optimizer_.step(rate, epoch_ < freeze_epochs ? trained_when_frozen : std::vector<std::string>{});
  } catch (const Error& error) {
    model->forget_batch();
    throw error.located(batch_);
  }

  AdamW optimizer_;
  Schedule schedule_;
  StepCounters at_;
  RunningMeans means_, epoch_means_;
  KeptCheckpoints kept_;
  std::uint32_t epoch_ = 0;
  std::string batch_;  ///< the latest, with its clips
  std::string doubt_;  ///< why the weights are no good for a checkpoint; empty: they are
};
TIVIT_STAGE("train/step", Step)

}  // namespace tivit::train
