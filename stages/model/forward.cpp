// model/forward: a batch goes in, logits come out.
#include <c10/core/GradMode.h>
#include <stages/model/autocast.hpp>
#include <stages/model/model.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::model {

/// Ports: batch (record, as the model wants it) → logits (record). Resource: `model`, leased for the life of the batch.
/// Gradients are recorded in a training run only; `[run] device` and `precision` ("fp32", "bf16") say where and how it computes.
///   [stages.forward]
///   use = "model/forward"
///   in = "batch"
///   model = "model"
/// Fails where the batch lacks a field, or its shapes do not fit the model: the batch is named.
struct Forward {
  std::shared_ptr<Model> model;
  bool training = false, mixed = false;

  static void contract(Contract<Forward>& c) {
    c.map("the model's logits for a batch");
    c.example("[stages.forward]\nuse = \"model/forward\"\nin = \"batch\"\nmodel = \"model\"\n");
    c.uses("model", &Forward::model, "model", true);
    c.in("batch", "{...}").doc("fields as the model names them, the batch as first axis");
    c.out("logits", "{...}").doc("fields as the model names them, [B,T',K]");
  }
  void open(RunContext& run) {
    training = run.training;
    mixed = run.precision == "bf16";
    if (run.precision != "fp32" && !mixed) throw Error("precision \"" + run.precision + "\" is not known", "give \"fp32\" or \"bf16\"");
  }
  Fields operator()(const Fields& batch) {
    const c10::AutoGradMode gradients(training);
    const Autocast autocast(model->device(), mixed);
    Fields there;
    for (const auto& [name, tensor] : batch) there.set(name, tensor.to(model->device(), tensor.scalar_type(), /*non_blocking=*/true));
    Fields out;
    for (const auto& [name, logit] : model->forward(there)) out.set(name, training ? logit.to(at::kFloat) : logit.to(at::kCPU, at::kFloat));
    return out;
  }
};
TIVIT_STAGE("model/forward", Forward)

}  // namespace tivit::model
