// Tensors cross the boundary of a plugin, so its LibTorch must be ours.
#include <tivit/tensor/torch_version.hpp>

#include <tivit/build_facts.hpp>

namespace tivit {
namespace {
const bool added = add_build_fact("LibTorch", TIVIT_TORCH_VERSION_TEXT);
}
}  // namespace tivit
