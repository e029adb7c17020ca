#include <ATen/ops/sub.h>
#include <ATen/ops/zeros.h>
#include <stages/model/perkey_channels.hpp>

namespace tivit::model {

at::Tensor perkey_channels(const at::Tensor& y, const at::Tensor& background) {
  const auto frames = y.size(0);
  auto out = at::zeros({frames, 4, y.size(1), y.size(2)}, y.options());
  const auto channel = [&](std::int64_t c) { return out.select(1, c); };
  channel(0).copy_(y).sub_(0.55).mul_(2);
  channel(1).copy_(y).sub_(background).mul_(4);
  if (frames > 1) {
    auto change = at::sub(y.slice(0, 1), y.slice(0, 0, frames - 1)).mul_(6);
    channel(2).slice(0, 1).copy_(change);
    channel(3).slice(0, 0, frames - 1).copy_(change);
  }
  return out;
}

}  // namespace tivit::model
