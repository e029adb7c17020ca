#pragma once
// Reads pickles without running them. A pickle is a program; here its opcodes may only build plain values (object.hpp) and
// the few classes named below. Every other class or function it asks for is refused by name, before anything is called.
#include <functional>
#include <stages/data/object.hpp>

namespace tivit::data {

/// A tensor's storage as a checkpoint refers to it: (class, key, elements).
struct StorageReference {
  at::ScalarType type = at::kFloat;
  std::string key;
  std::int64_t elements = 0;
};
/// Gives the elements as a flat tensor; the same key gives the same memory every time.
using StorageSource = std::function<at::Tensor(const StorageReference&)>;

struct Unpickled {
  Object value;
  std::size_t size = 0;  ///< bytes of the pickle, its STOP included
};

/// Protocols 0 to 5 as far as plain values and tensors need them. Allowed: collections.OrderedDict, torch.Size,
/// torch._utils._rebuild_tensor_v2 and _rebuild_parameter, torch's typed storages, _codecs.encode (bytes as text).
/// Throws Error without a place. The result is a tree at most 100 deep: cycles are refused.
Unpickled unpickle(std::string_view bytes, const StorageSource& storages);

/// A view of `storage` as the pickle describes it; throws Error when it reaches outside.
at::Tensor view_of(const at::Tensor& storage, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                   const std::vector<std::int64_t>& strides);

}  // namespace tivit::data
