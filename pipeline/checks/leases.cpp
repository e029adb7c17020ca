#include <algorithm>
#include <set>
#include <tivit/checks/draft.hpp>

namespace tivit::checks {
namespace {

/// The parameter by which a stage takes the lease of `resource`, or null.
const ResourceUse* lease_of(const DraftStage& stage, int resource) {
  for (const auto& [parameter, index] : stage.plan.resources)
    for (const auto& use : stage.spec->resources)
      if (index == resource && use.lease && use.parameter == parameter) return &use;
  return nullptr;
}

std::vector<int> leasing(const Draft& draft, int resource) {
  std::vector<int> stages;
  for (const int stage : draft.order)
    if (draft.stages[stage].spec && lease_of(draft.stages[stage], resource)) stages.push_back(stage);
  return stages;
}

/// What the stage is, or which resource it leases, was not understood.
bool may_lease(const DraftStage& stage) {
  if (!stage.spec) return true;
  const auto known = [&](const ResourceUse& use) {
    const bool unset = use.optional && !find(stage.text->parameters, use.parameter);
    return unset || std::ranges::any_of(stage.plan.resources, [&](const auto& one) { return one.first == use.parameter; });
  };
  return std::ranges::any_of(stage.spec->resources, [&](const auto& use) { return use.lease && !known(use); });
}

/// `stage` and all that is upstream of it.
std::set<int> upstream(const Draft& draft, int stage) {
  std::set<int> found{stage};
  for (auto at = draft.order.rbegin(); at != draft.order.rend(); ++at)
    if (found.count(*at))
      for (const auto& connection : draft.stages[*at].connections) found.insert(connection.input.producer);
  return found;
}

}  // namespace

// Leases are granted in item order, so of two stages that lease one resource, one must follow the other.
void check_leases(Draft& draft) {
  for (std::size_t resource = 0; resource < draft.plan.resources.size(); ++resource) {
    const auto stages = leasing(draft, static_cast<int>(resource));
    for (std::size_t i = 1; i < stages.size(); ++i) {
      const auto before = upstream(draft, stages[i]);
      for (std::size_t j = 0; j < i; ++j) {
        if (before.count(stages[j])) continue;
        const auto &first = draft.stages[stages[j]], &second = draft.stages[stages[i]];
        const Value* place = find(second.text->parameters, lease_of(second, static_cast<int>(resource))->parameter);
        draft.mistakes.add(place ? place->origin : second.text->origin,
                           "stages \"" + first.text->name + "\" and \"" + second.text->name + "\" both lease resource \"" +
                               draft.plan.resources[resource].name + "\", in no fixed order",
                           "let one of them follow the other");
      }
    }
  }
}

// A graph that is called when an epoch ends runs while nobody else holds what it shares: at a stage that leases it.
void check_host(const PlanAfter& after, const AfterText& text, Draft& draft) {
  if (std::ranges::any_of(text.share, &Value::bad) || std::ranges::any_of(draft.stages, may_lease)) return;
  for (const auto& [here, there] : after.share)
    for (const auto& stage : draft.stages)
      if (stage.spec && lease_of(stage, here)) return;
  if (after.every != "run")
    draft.mistakes.add(
        text.origin,
        "graph \"" + after.name + "\" is called after every " + after.every + ", but no stage leases a resource that it shares",
        "share the model: share = [\"model\"]; or call it when all is done: every = \"run\"");
}

}  // namespace tivit::checks
