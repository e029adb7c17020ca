#include <tivit/tensor/finite.hpp>

#include <ATen/ops/isfinite.h>
#include <ATen/TensorOperators.h>

namespace tivit {

std::optional<std::string> not_finite(const at::Tensor& tensor) {
  if (!tensor.is_floating_point()) return std::nullopt;
  const auto bad = at::isfinite(tensor).logical_not();
  if (!bad.any().item<bool>()) return std::nullopt;
  const auto first = bad.nonzero()[0];
  std::string index;
  auto value = tensor;
  for (std::int64_t axis = 0; axis < first.size(0); ++axis) {
    const auto at = first[axis].item<std::int64_t>();
    index += (axis ? "," : "") + std::to_string(at);
    value = value[at];
  }
  return "[" + index + "] is " + std::to_string(value.item<double>());
}

}  // namespace tivit
