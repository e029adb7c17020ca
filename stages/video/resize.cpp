#include <stages/video/resize.hpp>

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/empty.h>

namespace tivit::video {

at::Tensor area_resize(const at::Tensor& pictures, std::int64_t height, std::int64_t width) {
  if (pictures.size(-2) == height && pictures.size(-1) == width) return pictures;
  auto sizes = pictures.sizes().vec();
  sizes[sizes.size() - 2] = height, sizes.back() = width;
  at::Tensor out = at::empty(sizes, at::kByte);
  const auto from = pictures.reshape({-1, 1, pictures.size(-2), pictures.size(-1)});
  const auto to = out.view({-1, 1, height, width});
  // One picture at a time: the float copy of a whole clip would be four times its size.
  for (std::int64_t i = 0; i < from.size(0); ++i) to[i].copy_(at::adaptive_avg_pool2d(from[i].to(at::kFloat), {height, width}).round());
  return out;
}

}  // namespace tivit::video
