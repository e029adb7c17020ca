#pragma once
// What a run's results may depend on beside this program: whoever uses a library says which version of it is at work.
#include <string>
#include <tivit/build_facts.hpp>
#include <vector>

namespace tivit {

/// `version` is asked when a run begins. Always true.
bool add_run_version(std::string what, std::string (*version)());
/// Sorted by name.
std::vector<BuildFact> run_versions();

}  // namespace tivit
