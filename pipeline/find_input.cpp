#include <map>
#include <tivit/find_input.hpp>

namespace tivit {
namespace {

std::map<std::string, FindInput>& functions() {
  static std::map<std::string, FindInput> map;
  return map;
}

}  // namespace

bool add_find_input(std::string stage, FindInput find) {
  functions().insert_or_assign(std::move(stage), find);
  return true;
}

std::filesystem::path find_input(const std::string& stage, const std::string& parameter, const std::filesystem::path& given,
                                 const Parameters& all) {
  const auto found = functions().find(stage);
  return found == functions().end() ? given : found->second(parameter, given, all);
}

}  // namespace tivit
