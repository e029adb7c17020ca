// Tensors cross the boundary of a plugin, so its LibTorch must be ours.
#include <ATen/Version.h>

#include <tivit/build_facts.hpp>
#include <tivit/run_versions.hpp>
#include <tivit/tensor/torch_version.hpp>

namespace tivit {
namespace {

const bool added = add_build_fact("LibTorch", TIVIT_TORCH_VERSION_TEXT);

/// Of the copy that is loaded, which tells it among all that it was built with.
std::string loaded_version() {
  const std::string all = at::show_config(), name = "TORCH_VERSION=";
  const auto begin = all.find(name);
  if (begin == std::string::npos) return "";
  const auto from = begin + name.size();
  return all.substr(from, all.find_first_of(", \n", from) - from);
}

const bool told = add_run_version("LibTorch", &loaded_version);

}  // namespace
}  // namespace tivit
