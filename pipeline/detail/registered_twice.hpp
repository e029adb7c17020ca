#pragma once
// The problem of a stage whose name is registered a second time.
#include <string>

namespace tivit {
inline std::string registered_twice(const std::string& first_origin, const std::string& second_origin) {
  return "it is registered twice: " + first_origin + " and " + second_origin;
}
}  // namespace tivit
