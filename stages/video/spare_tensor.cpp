#include <stages/video/spare_tensor.hpp>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <stages/video/spare_blocks.hpp>
#include <tivit/error.hpp>

namespace tivit::video {

at::Tensor spare_tensor(std::vector<std::int64_t> sizes, at::ScalarType type) {
  static auto* const spare = new SpareBlocks(96u << 20);  // never destroyed: tensors may outlive what is
  constexpr std::size_t worth_it = 256u << 10;
  auto size = c10::elementSize(type);
  for (const auto one : sizes) size *= static_cast<std::size_t>(one);
  if (size < worth_it) return at::empty(sizes, type);
  void* const bytes = spare->take(size);
  if (!bytes) throw Error("no memory for " + std::to_string(size) + " bytes of a window", "make windows shorter");
  return at::from_blob(
      bytes, sizes, [size](void* block) { spare->give(block, size); }, type);
}

}  // namespace tivit::video
