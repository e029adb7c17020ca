#pragma once
// The loss of a model that judges time steps (or clips) as a whole: pitch, onset and offset of each key, hand and clef.
#include <optional>
#include <string>
#include <tivit/tensor/fields.hpp>

namespace tivit::train {

struct FrameLossOptions {
  double pitch = 1, onset = 1, offset = 1, hand = 1, clef = 1;  ///< weights of the parts
  std::string onoff = "focal";                                  ///< "focal", "focal_pt" or "bce_pos"
  std::string pos_weight_mode = "adaptive";                     ///< "adaptive" or "fixed"
  double pos_weight = 0;                                        ///< fixed: the weight; 0 falls back to adaptive
  double neg_smooth = 0;                                        ///< onset and offset targets t become t(1-e) + e(1-t)
  double focal_gamma = 2, focal_alpha = 0.15;
  double prior_mean = 0.12, prior_weight = 0;
};

/// Weighted parts and `total`. Targets [B,T,P] (rolls) and [B,T] (hand, clef) are brought to the T' steps and 88 keys of the logits;
/// targets [B,88] and [B] make it the loss of a clip, as do logits without time (targets then are `clip.pitch` and so on). `mask` bool[B,T]
/// leaves steps out; nullptr takes all.
Fields frame_loss(const Fields& logits, const Fields& targets, const at::Tensor* mask, const FrameLossOptions& options);

/// Focal loss of each cell: alpha_t (1 - p_t)^gamma BCE, p_t the probability of the true class, alpha_t = alpha or 1 - alpha.
at::Tensor focal_cells(const at::Tensor& logits, const at::Tensor& targets, double gamma, double alpha);

}  // namespace tivit::train
