#pragma once
// The random factors of dropout.
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tivit::model {

/// A tensor like `x` (float or bf16, on the CPU): 1 / keep with probability `keep`, else 0. A function of `seed` and the place alone, many
/// times faster than a generator that draws one number after the other.
at::Tensor dropout_factors(const at::Tensor& x, double keep, std::uint64_t seed);

}  // namespace tivit::model
