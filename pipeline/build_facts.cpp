#include <tivit/build_facts.hpp>

#include <tivit_abi.hpp>

namespace tivit {
namespace {

std::vector<BuildFact>& facts() {
  static std::vector<BuildFact> list{
      {"framework ABI", TIVIT_ABI}, {"C++ standard library", TIVIT_STANDARD_LIBRARY}, {"build type", TIVIT_BUILD_TYPE}};
  return list;
}

}  // namespace

const std::vector<BuildFact>& build_facts() { return facts(); }

bool add_build_fact(std::string what, std::string value) {
  facts().push_back({std::move(what), std::move(value)});
  return true;
}

}  // namespace tivit
