#pragma once
// Targets on the rows of a video, brought to the steps and keys that a model answers for.
#include <ATen/core/Tensor.h>

#include <tivit/tensor/fields.hpp>

namespace tivit::labels {

/// Windows [floor(i T/T'), ceil((i+1) T/T')) of the time axis (axis 1), the largest value of each.
at::Tensor pool_time(const at::Tensor& roll, std::int64_t steps);
/// What targets of one recording are on `steps` steps: rolls [T,P] pooled, labels of rows i64[T] of the nearest row; `clip.…` as it is.
Fields on_steps(const Fields& rolls, std::int64_t steps);
/// The row floor(i T/T') for each step i.
at::Tensor nearest_time(const at::Tensor& rows, std::int64_t steps);
/// bool[B,T']: steps whose window holds no row that `mask` leaves out.
at::Tensor whole_steps(const at::Tensor& mask, std::int64_t steps);
/// The 88 keys of a roll over all 128 pitches; the roll itself where it fits already. Throws Error for any other width.
at::Tensor same_keys(const at::Tensor& target, std::int64_t keys);

}  // namespace tivit::labels
