#pragma once
// What limited a run, what would limit it next, and what to change: from its account alone. docs/explanations.md has the rules.
#include <string>
#include <tivit/account.hpp>
#include <vector>

namespace tivit {

/// Something that can be in use all the time and then holds up the rest.
struct Limit {
  enum class What { stage, lease, workers };
  What what = What::stage;
  std::string name;    ///< of the stage or the resource
  double share = 0;    ///< of the run's time that it was in use
  std::string text;    ///< "forward was busy 93 % of the time, …"
  std::string change;  ///< "Make its calls cheaper or fewer …"
};
/// A share from which something is said to limit the run.
constexpr double limiting_share = 0.7;
/// Every stage, lease and the pipeline threads, the most used first.
std::vector<Limit> limits(const RunAccount& account);
/// Whole sentences: the bottleneck, what to change, the next limit; the same of a graph that took most of the time.
std::vector<std::string> explained(const RunAccount& account);

}  // namespace tivit
