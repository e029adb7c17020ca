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

/// The curve of column `key` of a roll `f32[T,K]`, as probabilities. Throws Error naming roll, row and column where a value is
/// not a number or no probability: a network that diverged must not look like silence.
std::vector<double> probability_column(const at::Tensor& roll, std::int64_t key, RollValues values, const std::string& roll_name);

}  // namespace tivit::notes
