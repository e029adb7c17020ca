#pragma once
// One item of a run once more: the part of its plan that leads up to the stage that failed, and of the sources' items those it was made of.
#include <optional>
#include <string>
#include <tivit/plan.hpp>

namespace tivit {

struct ReplayedItem {
  std::string stage;
  ItemId id;                    ///< as the stage had it: of an item, or of the scope that ended
  std::vector<ItemId> members;  ///< where items were gathered on the way: those that it was made of, as sources and expands name them
};

/// Ids are kept, and with them every draw. The stage is the last of the plan and ends the run when it fails; what fails before it is left
/// out. Throws Error where the plan has no such stage, or the stage can have no such item.
Plan replay_plan(Plan plan, const ReplayedItem& item);

/// Stages that lead up to stage `last`, itself included, in their order.
std::vector<int> leading_to(const Plan& plan, int last);

/// "2/17" as an id; "" is the whole run. Nothing for other text.
std::optional<ItemId> item_id(const std::string& text);

/// What an item of this stage was gathered from, to be found again by replay_plan(): the ids of living and lost members. Empty where the
/// item's own id says it all, or no list of ids could (a gather of what was gathered).
std::vector<ItemId> members_to_replay(const Plan& plan, const PlanStage& stage, const ItemId& id, const Members* members);

}  // namespace tivit
