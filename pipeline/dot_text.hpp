#pragma once
// What pictures of plans and of runs have in common.
#include <string>
#include <string_view>

namespace tivit {

/// Inside the quotes of a Graphviz text.
std::string dot_escaped(std::string text);
/// By the kind of a stage: "source", "map", …
const char* dot_shape(std::string_view kind);

}  // namespace tivit
