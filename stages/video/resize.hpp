#pragma once
#include <ATen/core/Tensor.h>

namespace tivit::video {

/// u8[…,H,W] to u8[…,height,width]: each pixel is the mean of the source pixels it touches (adaptive average pooling, enlarging
/// too), computed in float and rounded half to even.
at::Tensor area_resize(const at::Tensor& pictures, std::int64_t height, std::int64_t width);

}  // namespace tivit::video
