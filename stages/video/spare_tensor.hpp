#pragma once
// Tensors of windows: made and dropped at every item, in memory that is kept.
#include <ATen/core/Tensor.h>

#include <vector>

namespace tivit::video {

/// Not filled. In the heap, the blocks of windows leave holes that the next one does not fit into: each of its pages would be fetched from
/// the system and zeroed, which costs as much as a fifth of decoding a random window. Throws Error when there is no memory.
at::Tensor spare_tensor(std::vector<std::int64_t> sizes, at::ScalarType type);

}  // namespace tivit::video
