#pragma once
// How two graphs differ, value by value.
#include <optional>
#include <string>
#include <vector>

namespace tivit {

/// A value as TOML writes it, and where it came from ("graphs/train.toml:3:8, variable size (…)", "default").
struct ResolvedValue {
  std::string text, from;
};

struct GraphDifference {
  std::string name;                            ///< "stages.batch.size", "after[0].run"
  std::optional<ResolvedValue> before, after;  ///< nothing: not there

  /// `stages.batch.size: 8 -> 4`, `stages.mix.use: only before: "model/mix"`.
  std::string text() const;
};

/// `before` and `after` are resolved graphs (Plan::resolved_text). Where a value came from is no difference. Empty: the same.
/// What the first has comes first, in its order.
std::vector<GraphDifference> graph_differences(const std::string& before, const std::string& after,
                                               const std::string& before_name = "before");

}  // namespace tivit
