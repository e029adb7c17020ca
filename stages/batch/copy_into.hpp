#pragma once
#include <ATen/core/Tensor.h>

namespace tivit::batch {

/// `to` = `from`, of the same sizes and type. A view whose elements lie together in short runs, as tiles cut out of a picture do, is copied
/// run by run; LibTorch copies what is shorter than its unrolled vectors one element after the other.
void copy_into(const at::Tensor& to, const at::Tensor& from);

}  // namespace tivit::batch
