#pragma once
// Which items meet: every output's items live in a domain, and ids are joined only along a chain of domains.
#include <set>
#include <string>
#include <tivit/checks/draft.hpp>
#include <vector>

namespace tivit::checks {

/// The domains of a plan as they are found, and what can be asked about them.
class Domains {
 public:
  explicit Domains(std::vector<PlanDomain>& list);
  int open(int parent, std::string scope, int opener, int gathered = -1);
  const PlanDomain& operator[](int domain) const { return list_[domain]; }
  /// True when every item of `inner` lies in one item of `outer`, or they are the same.
  bool holds(int outer, int inner) const;
  /// The domain whose items are the scopes of that kind around items of `domain`; -1 when none is open there.
  int scope(int domain, const std::string& kind) const;
  /// The kinds of scope open around items of `domain`, innermost first.
  std::vector<std::string> open_scopes(int domain) const;

 private:
  std::vector<PlanDomain>& list_;
};

}  // namespace tivit::checks
