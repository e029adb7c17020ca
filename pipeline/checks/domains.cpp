#include <tivit/checks/domains.hpp>

namespace tivit::checks {

Domains::Domains(std::vector<PlanDomain>& list) : list_(list) {
  list_.clear();
  list_.push_back({0, -1, "", -1, -1});
  list_.push_back({1, run_domain, "run", -1, -1});
}

int Domains::open(int parent, std::string scope, int opener, int gathered) {
  list_.push_back({list_[parent].depth + 1, parent, std::move(scope), gathered, opener});
  return static_cast<int>(list_.size()) - 1;
}

bool Domains::holds(int outer, int inner) const {
  for (; inner >= 0; inner = list_[inner].parent)
    if (inner == outer) return true;
  return false;
}

int Domains::scope(int domain, const std::string& kind) const {
  for (; domain >= 0; domain = list_[domain].parent)
    if (list_[domain].opens == kind) return list_[domain].parent;
  return -1;
}

std::vector<std::string> Domains::open_scopes(int domain) const {
  std::vector<std::string> kinds;
  for (; domain > run_domain; domain = list_[domain].parent) kinds.push_back(list_[domain].opens);
  return kinds;
}

}  // namespace tivit::checks
