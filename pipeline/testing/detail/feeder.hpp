#pragma once
// The stages around the one that is tested.
#include <tivit/testing/detail/small_plan.hpp>

namespace tivit::testing {

/// One item an epoch, which holds a part of the script: its living items, and all events as members.
std::unique_ptr<StageSpec> script_source(const Script& script);
/// Gives back the members of that item, so that ids, tombstones and ends of scopes are those of the script.
std::unique_ptr<StageSpec> script_deal();
/// Gives an item the members that it was gathered from.
std::unique_ptr<StageSpec> script_join();
/// An item's values, one for each port; drops one that has members and is to be lost, so that its tombstone has them too. `leased`: with
/// the lease of resource "lease".
std::unique_ptr<StageSpec> script_hand(const std::vector<std::string>& ports, bool leased);
/// Collects everything up to the end of a scope.
std::unique_ptr<StageSpec> reader(const std::vector<std::string>& ports, const std::string& scope,
                                  const std::shared_ptr<Readings>& readings);

}  // namespace tivit::testing
