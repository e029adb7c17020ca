#pragma once
// Reading one key's curve out of a roll, as probabilities.
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace tivit::notes {

/// What the values of a roll are: "logits" (before the sigmoid) or "probabilities".
enum class RollValues { logits, probabilities };
RollValues roll_values(const std::string& name);

/// A threshold as the values of such a roll are compared with it: probabilities come as float32, and 0.7 as one is less than 0.7.
double threshold_of(RollValues values, double probability);

/// The columns of a roll `f32[T,K]`: `columns[k][t]`, probabilities. Throws Error naming roll, row and key where a value is
/// not finite or no probability: a network that diverged must not look like silence.
std::vector<std::vector<double>> probability_columns(const at::Tensor& roll, RollValues values, const std::string& roll_name);

}  // namespace tivit::notes
