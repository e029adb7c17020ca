// train/loss: how wrong the logits of a batch are.
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <stages/train/frame_loss.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::train {

/// Ports: logits (record, from model/forward), batch (record with `targets.…`, and `mask` where lengths differ) → loss: `total` and its
/// parts. style = "perkey": targets.onset, targets.offset, targets.frame f32[B,T,K], keys.mask bool[B,K]. style = "tivit": targets.pitch,
/// .onset, .offset [B,T,88 or 128], targets.hand, .clef [B,T]; [B,88] and [B] for a clip.
///   [stages.loss]
///   use = "train/loss"
///   in = { logits = "forward", batch = "batch" }
///   style = "perkey"
/// Fails where a target is missing or its keys are not those of the logits.
struct Loss : FrameLossOptions {
  std::string style = "perkey";
  std::optional<double> pitch_weight, onset_weight, offset_weight, frame_weight, hand_weight, clef_weight;
  double positive_onset = 4, positive_offset = 3, positive_frame = 1.5;
  bool training = false;

  static void contract(Contract<Loss>& c) {
    c.map("the loss of a batch: a weighted sum, and its parts").parallel();
    c.example("[stages.loss]\nuse = \"train/loss\"\nin = { logits = \"forward\", batch = \"batch\" }\nstyle = \"perkey\"\n");
    c.param("style", &Loss::style).one_of({"perkey", "tivit"}).doc("which model the logits are of");
    c.param("weights.onset", &Loss::onset_weight).at_least(0).doc("share of the onset part; unset: 2 (perkey), 1 (tivit)");
    c.param("weights.offset", &Loss::offset_weight).at_least(0).doc("share of the offset part; unset: 1");
    c.param("weights.frame", &Loss::frame_weight).at_least(0).doc("perkey: share of the frame part; unset: 1");
    c.param("weights.pitch", &Loss::pitch_weight).at_least(0).doc("tivit: share of the pitch part; unset: 1");
    c.param("weights.hand", &Loss::hand_weight).at_least(0).doc("tivit: share of the hand part; unset: 1");
    c.param("weights.clef", &Loss::clef_weight).at_least(0).doc("tivit: share of the clef part; unset: 1");
    c.param("positive.onset", &Loss::positive_onset).at_least(0).doc("perkey: weight of onset cells against the others");
    c.param("positive.offset", &Loss::positive_offset).at_least(0).doc("perkey: weight of offset cells against the others");
    c.param("positive.frame", &Loss::positive_frame).at_least(0).doc("perkey: weight of cells of held keys against the others");
    c.param<std::string>("onoff_loss", &FrameLossOptions::onoff)
        .one_of({"focal", "focal_pt", "bce_pos"})
        .doc("tivit: loss of onsets and offsets; focal_pt weighs by the true class's probability, focal by the prediction alone");
    c.param<std::string>("onoff_pos_weight_mode", &FrameLossOptions::pos_weight_mode)
        .one_of({"adaptive", "fixed"})
        .doc("tivit, bce_pos: weight of positive cells from the batch's own rates, or one number");
    c.param<double>("onoff_pos_weight", &FrameLossOptions::pos_weight).at_least(0).doc("tivit: that number; 0 falls back to adaptive");
    c.param<double>("onoff_neg_smooth", &FrameLossOptions::neg_smooth)
        .range(0, 0.5)
        .doc("tivit: how far onset and offset targets are drawn to the middle");
    c.param<double>("focal_gamma", &FrameLossOptions::focal_gamma).at_least(0).doc("tivit: exponent of the focal factor");
    c.param<double>("focal_alpha", &FrameLossOptions::focal_alpha)
        .range(0, 1)
        .doc("tivit: scale of the focal loss, or the share of positive cells (focal_pt)");
    c.param<double>("onoff_prior_mean", &FrameLossOptions::prior_mean)
        .range(0, 1)
        .unit("probability")
        .doc("tivit: mean that onset and offset are held to");
    c.param<double>("onoff_prior_weight", &FrameLossOptions::prior_weight).at_least(0).doc("tivit: how hard; 0: not at all");
    c.in("logits", "{...}");
    c.in("batch", "{...}");
    c.out("loss", "{total: f32[], ...}");
  }
  void open(RunContext& run) {
    training = run.training;
    pitch = pitch_weight.value_or(1);
    onset = onset_weight.value_or(style == "perkey" ? 2 : 1);
    offset = offset_weight.value_or(1);
    hand = hand_weight.value_or(1);
    clef = clef_weight.value_or(1);
  }
  Fields operator()(const Fields& logits, const Fields& batch) const {
    const c10::AutoGradMode gradients(training);
    const auto device = logits.begin()->second.device();
    Fields there;
    for (const auto& [name, tensor] : batch)
      if (name != "frames") there.set(name, tensor.to(device));
    if (style == "perkey") return per_key(logits, there);
    return frame_loss(logits, there.sub("targets"), there.find("mask"), *this);
  }

 private:
  Fields per_key(const Fields& logits, const Fields& batch) const {
    auto cells = batch.at("keys.mask").unsqueeze(1);
    if (const auto* mask = batch.find("mask")) cells = cells.logical_and(mask->unsqueeze(2));
    const auto counted = cells.expand_as(logits.at("onset")).to(at::kFloat);
    const auto part = [&](const char* name, double positive) {
      const auto& logit = logits.at(name);
      const auto& target = batch.at(std::string("targets.") + name);
      if (logit.sizes() != target.sizes())
        throw Error("targets." + std::string(name) + " are for " + std::to_string(target.size(-1)) + " keys and " +
                    std::to_string(target.size(1)) + " frames, the logits for " + std::to_string(logit.size(-1)) + " keys and " +
                    std::to_string(logit.size(1)) + " frames");
      const auto weight = at::zeros({1}, logit.options()).add_(positive);
      return at::binary_cross_entropy_with_logits(logit, target, counted, weight, /*reduction=*/2) / counted.sum().clamp_min(1);
    };
    const auto onsets = onset * part("onset", positive_onset), offsets = offset * part("offset", positive_offset);
    const auto frames = frame_weight.value_or(1) * part("frame", positive_frame);
    return {{"onset", onsets}, {"offset", offsets}, {"frame", frames}, {"total", onsets + offsets + frames}};
  }
};
TIVIT_STAGE("train/loss", Loss)

}  // namespace tivit::train
