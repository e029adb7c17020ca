#include <stages/video/resize.hpp>

#include <ATen/ops/empty.h>

#include <stages/video/area_sums.hpp>

namespace tivit::video {

at::Tensor area_resize(const at::Tensor& pictures, std::int64_t height, std::int64_t width) {
  if (pictures.size(-2) == height && pictures.size(-1) == width) return pictures;
  auto sizes = pictures.sizes().vec();
  sizes[sizes.size() - 2] = height, sizes.back() = width;
  at::Tensor out = at::empty(sizes, at::kByte);
  const auto from = pictures.contiguous();
  const auto in_height = from.size(-2), in_width = from.size(-1);
  AreaSums cells({in_width, width}, {in_height, height});
  const auto* plane = from.const_data_ptr<std::uint8_t>();
  auto* to = out.mutable_data_ptr<std::uint8_t>();
  for (std::int64_t i = 0; i < out.numel(); i += height * width, plane += in_height * in_width)
    for (std::int64_t y = 0; y < height; ++y) cells.means(plane, in_width, y, to + i + y * width);
  return out;
}

}  // namespace tivit::video
