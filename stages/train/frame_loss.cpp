#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <stages/labels/on_steps.hpp>
#include <stages/train/frame_loss.hpp>

#include <tivit/error.hpp>

namespace tivit::train {
namespace {

at::Tensor positive_rate(const at::Tensor& target) { return target.mean(0).clamp_min(1e-6); }

at::Tensor bce(const at::Tensor& logit, const at::Tensor& target, const std::optional<at::Tensor>& pos_weight = {}) {
  return at::binary_cross_entropy_with_logits(logit, target, {}, pos_weight);
}

at::Tensor onset_or_offset(const at::Tensor& logit, at::Tensor target, const FrameLossOptions& options) {
  if (options.neg_smooth > 0) target = target * (1 - options.neg_smooth) + options.neg_smooth * (1 - target);
  if (options.onoff == "bce_pos") {
    if (options.pos_weight_mode == "fixed" && options.pos_weight > 0)
      return bce(logit, target, at::zeros({1}, logit.options()).add_(options.pos_weight));
    const auto rate = positive_rate(target);
    return bce(logit, target, ((1 - rate) / (rate + 1e-6)).clamp(1, 100));
  }
  if (options.onoff == "focal_pt") return focal_cells(logit, target, options.focal_gamma, options.focal_alpha).mean();
  // The form that earlier weights were trained with: the factor knows the prediction, not the true class.
  const auto factor = options.focal_alpha * (1 - at::sigmoid(logit)).pow(options.focal_gamma).detach();
  return (factor * at::binary_cross_entropy_with_logits(logit, target, {}, {}, /*reduction=*/0)).mean();
}

Fields total_of(Fields parts) {
  at::Tensor total;
  for (const auto& [name, part] : parts) total = total.defined() ? total + part : part;
  parts.set("total", total);
  return parts;
}

Fields clip_loss(const Fields& logits, const Fields& targets, const FrameLossOptions& options) {
  const auto of_clip = [&](const char* name) {
    const auto& logit = logits.at(name);
    return logit.dim() == 3 ? logit.mean(1) : logit;
  };
  const auto key_loss = [&](const char* name) {
    const auto logit = of_clip(name);
    return bce(logit, labels::same_keys(targets.at(name), logit.size(-1)).to(at::kFloat));
  };
  const auto class_loss = [&](const char* name) { return at::cross_entropy_loss(of_clip(name), targets.at(name).to(at::kLong)); };
  return total_of({{"pitch", options.pitch * key_loss("pitch")},
                   {"onset", options.onset * key_loss("onset")},
                   {"offset", options.offset * key_loss("offset")},
                   {"hand", options.hand * class_loss("hand")},
                   {"clef", options.clef * class_loss("clef")}});
}

}  // namespace

at::Tensor focal_cells(const at::Tensor& logits, const at::Tensor& targets, double gamma, double alpha) {
  const auto p = at::sigmoid(logits);
  const auto p_true = p * targets + (1 - p) * (1 - targets);
  const auto alpha_true = alpha * targets + (1 - alpha) * (1 - targets);
  return alpha_true * (1 - p_true).pow(gamma) * at::binary_cross_entropy_with_logits(logits, targets, {}, {}, /*reduction=*/0);
}

Fields frame_loss(const Fields& logits, const Fields& targets, const at::Tensor* mask, const FrameLossOptions& options) {
  if (targets.at("pitch").dim() == 2) return clip_loss(logits, targets, options);
  if (logits.at("pitch").dim() == 2) return clip_loss(logits, targets.sub("clip"), options);
  const auto steps = logits.at("pitch").size(1);
  at::Tensor kept;  // steps that count, as rows of [B·T', …]
  if (mask && !mask->all().item<bool>()) {
    kept = labels::whole_steps(*mask, steps).flatten().nonzero().flatten();
    if (kept.numel() == 0) throw Error("every step of the batch is masked out");
  }
  const auto rows = [&](const at::Tensor& x) { return kept.defined() ? x.flatten(0, 1).index_select(0, kept) : x.flatten(0, 1); };
  const auto logit = [&](const char* name) { return rows(logits.at(name)); };
  const auto roll = [&](const char* name) {
    return rows(labels::same_keys(labels::pool_time(targets.at(name).to(at::kFloat), steps), logits.at(name).size(-1)));
  };
  const auto class_loss = [&](const char* name) {
    return at::cross_entropy_loss(logit(name), rows(labels::nearest_time(targets.at(name), steps)).to(at::kLong));
  };

  const auto pitch = roll("pitch"), onset = logit("onset"), offset = logit("offset");
  const auto rate = positive_rate(pitch);
  Fields parts{{"pitch", options.pitch * bce(logit("pitch"), pitch, ((1 - rate) / (rate + 1e-6)).sqrt().clamp(1, 50))},
               {"onset", options.onset * onset_or_offset(onset, roll("onset"), options)},
               {"offset", options.offset * onset_or_offset(offset, roll("offset"), options)},
               {"hand", options.hand * class_loss("hand")},
               {"clef", options.clef * class_loss("clef")}};
  if (options.prior_weight > 0)
    parts.set("reg_onoff", options.prior_weight * ((at::sigmoid(onset).mean() - options.prior_mean).abs() +
                                                   (at::sigmoid(offset).mean() - options.prior_mean).abs()));
  return total_of(std::move(parts));
}

}  // namespace tivit::train
