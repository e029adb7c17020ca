// model/forward: a batch goes in, logits come out.
#include <c10/core/GradMode.h>
#include <stages/batch/ragged.hpp>
#include <stages/model/autocast.hpp>
#include <stages/model/batch_name.hpp>
#include <stages/model/model.hpp>

#include <ATen/ops/sum.h>
#include <cmath>
#include <tivit/tensor/finite.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::model {

/// Ports: batch (record, as the model wants it) → logits (record). Resource: `model`, leased for the life of the batch.
/// Gradients are recorded in a training run only; `[run] device` and `precision` ("fp32", "bf16") say where and how it computes.
///   [stages.forward]
///   use = "model/forward"
///   in = "batch"
///   model = "model"
/// Warns of rows that follow each other at another rate than those that the weights have learned from.
/// Fails where the batch lacks a field, its shapes do not fit the model, or a value is infinite or not a number: batch and clips are named.
struct Forward {
  std::shared_ptr<Model> model;
  bool training = false, mixed = false;

  static void contract(Contract<Forward>& c) {
    c.map("the model's logits for a batch").attaches<batch::Ragged>();
    c.example("[stages.forward]\nuse = \"model/forward\"\nin = \"batch\"\nmodel = \"model\"\n");
    c.uses("model", &Forward::model, "model", true);
    c.in("batch", "{...}").doc("fields as the model names them, the batch as first axis");
    c.out("logits", "{...}").doc("fields as the model names them, [B,T',K]");
  }
  void open(RunContext& run) {
    training = run.training;
    mixed = run.precision == "bf16";
    if (run.precision != "fp32" && !mixed) throw Error("precision \"" + run.precision + "\" is not known", "give \"fp32\" or \"bf16\"");
    if (mixed) Autocast::must_work(model->device());
  }
  Fields operator()(const Fields& batch, Context& context) {
    for (const auto& [name, tensor] : batch)
      if (!name.starts_with("targets.")) must_be_numbers(name, tensor, context);
    if (training)
      model->row_rate().learn(rows_per_s(context));
    else
      model->row_rate().compare(rows_per_s(context), first_clip(context));
    const c10::AutoGradMode gradients(training);
    const Autocast autocast(model->device(), mixed);
    Fields there;
    for (const auto& [name, tensor] : batch) there.set(name, tensor.to(model->device(), tensor.scalar_type(), /*non_blocking=*/true));
    if (const auto* ragged = context.find<batch::Ragged>())
      context.set(batch::Ragged{ragged->lengths, ragged->padded, model->rows_per_step()});
    Fields out;
    for (const auto& [name, logit] : model->forward(there)) out.set(name, training ? logit.to(at::kFloat) : logit.to(at::kCPU, at::kFloat));
    return out;
  }

 private:
  static std::string first_clip(const Context& context) {
    const bool batch = context.members() && !context.members()->empty();
    const auto* source = batch ? context.members()->front().attachments.find<SourceName>() : context.find<SourceName>();
    return source ? source->clip : context.name();
  }
  // A network may hide them: a maximum of 0 and not-a-number can be 0.
  static void must_be_numbers(const std::string& name, const at::Tensor& tensor, const Context& context) {
    if (!tensor.is_floating_point() || std::isfinite(tensor.sum().item<double>())) return;
    if (const auto bad = not_finite(tensor))
      throw Error("of the batch, " + name + *bad, "look at these clips' frames", batch_name(context));
  }
};
TIVIT_STAGE("model/forward", Forward)

}  // namespace tivit::model
