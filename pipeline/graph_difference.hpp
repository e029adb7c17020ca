#pragma once
// How two graphs differ, value by value.
#include <string>
#include <vector>

namespace tivit {

/// `before` and `after` are resolved graphs (Plan::resolved_text). One line a difference, such as `stages.batch.size: 8 -> 4`,
/// `stages.mix.use: only before: "model/mix"`; where a value came from does not count. Empty: the same.
std::vector<std::string> graph_differences(const std::string& before, const std::string& after);

}  // namespace tivit
