// Snapshots: the end of an epoch is the marker that flows through the graph; each stage saves what it holds as the end reaches it.
#include <tivit/detail/engine.hpp>
#include <tivit/detail/foreign.hpp>

#include <algorithm>

namespace tivit::detail {

// The ends of epochs stay in a gather that collects over the whole run, and in one that makes an epoch one item.
bool Engine::takes_snapshots() const {
  return hooks_.snapshot && context_.training && std::none_of(nodes_.begin(), nodes_.end(), [](const auto& node) {
           return node->kind() == Kind::gather && node->plan->scope_depth <= (node->spec().one_per_scope ? 1 : 0);
         });
}

void Engine::contribute(Node& node, const Scope& ended) {
  if (!snapshots_ || ended.kind != "epoch") return;
  std::string state = node.spec().stateful ? native([&] { return node.stage->save_state(); }) : std::string();
  // The last stage that uses a resource saves it: the lease that came with the end keeps later items out until then.
  std::map<std::string, std::string> resources;
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const auto uses = [&](const auto& other) {
      return std::any_of(other->plan->resources.begin(), other->plan->resources.end(),
                         [&](const auto& use) { return use.second == static_cast<int>(i); });
    };
    const auto last = std::find_if(nodes_.rbegin(), nodes_.rend(), uses);
    if (last != nodes_.rend() && last->get() == &node)
      resources[plan_.resources[i].name] = native([&] { return resources_[i]->save_state(); });
  }
  std::erase_if(resources, [](const auto& one) { return one.second.empty(); });
  Snapshot complete;
  {
    const Lock lock(mutex_);
    Snapshots& parts = snapshots_of_[ended.id[0]];
    if (node.spec().stateful) parts.snapshot.stages[node.plan->name] = std::move(state);
    parts.snapshot.resources.merge(resources);
    if (++parts.stages < nodes_.size()) return;
    complete = std::move(parts.snapshot);
    complete.epochs = ended.id[0] + 1;
    snapshots_of_.erase(ended.id[0]);
  }
  hooks_.snapshot(std::move(complete));
}

void Engine::restore(const Snapshot& from) {
  const auto missing = [](const std::string& what) {
    throw Error("the snapshot has no state of " + what, "the graph is not the one that was interrupted");
  };
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const auto state = from.resources.find(plan_.resources[i].name);
    if (state != from.resources.end() && resources_[i])
      located("resource \"" + plan_.resources[i].name + "\"", [&] { resources_[i]->load_state(state->second); });
  }
  for (auto& node : nodes_) {
    if (node->kind() == Kind::source && !plan_.only) node->epoch = from.epochs;
    if (!node->spec().stateful) continue;
    const auto state = from.stages.find(node->plan->name);
    if (state == from.stages.end() && plan_.only) continue;  // of a graph that was called: it keeps none
    if (state == from.stages.end()) missing("stage \"" + node->plan->name + "\"");
    located("stage \"" + node->plan->name + "\"", [&] { node->stage->load_state(state->second); });
  }
  if (!plan_.only) epochs_before_ = static_cast<int>(from.epochs);
}

}  // namespace tivit::detail
