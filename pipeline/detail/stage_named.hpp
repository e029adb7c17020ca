#pragma once
#include <algorithm>
#include <string>
#include <tivit/error.hpp>
#include <tivit/plan.hpp>
#include <vector>

namespace tivit::detail {

/// The index of a plan's stage; throws Error, found at `where`, with the names there are.
inline std::size_t stage_named(const Plan& plan, const std::string& name, const std::string& where) {
  std::vector<std::string> names;
  for (const auto& stage : plan.stages) names.push_back(stage.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error("the graph has no stage \"" + name + "\"", "it has " + quoted_list(names), where);
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace tivit::detail
