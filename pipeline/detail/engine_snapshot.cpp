// Snapshots: the end of an epoch is the marker that flows through the graph; each stage saves what it holds as the end reaches it.
#include <tivit/detail/engine.hpp>
#include <tivit/detail/foreign.hpp>

#include <algorithm>
#include <utility>

namespace tivit::detail {

// The ends of epochs stay in a gather that collects over the whole run, and in one that makes an epoch one item.
bool Engine::takes_snapshots() const {
  return hooks_.snapshot && context_.training && std::none_of(nodes_.begin(), nodes_.end(), [](const auto& node) {
           return node->kind() == Kind::gather && node->plan->scope_depth <= (node->spec().one_per_scope ? 1 : 0);
         });
}

// A resource is saved by the last that the end of the epoch comes to of all that use it, so that all are through with the epoch. Where a
// stage leases it, only that one and those behind it count: the lease that came with the end keeps later items out until then, and
// nobody else may change it.
void Engine::find_savers() {
  savers_.resize(resources_.size());
  for (std::size_t i = 0; i < resources_.size(); ++i) {
    const Node* leases = nullptr;
    for (const auto& node : nodes_) {
      if (!leases && node->lease_resource == static_cast<int>(i)) leases = node.get();
      const auto& used = node->plan->resources;
      if (std::any_of(used.begin(), used.end(), [&](const auto& use) { return use.second == static_cast<int>(i); }))
        savers_[i].push_back(node->index);
    }
    if (!leases) continue;
    const auto& behind = leases->descendants;
    std::erase_if(savers_[i], [&](int user) { return user != leases->index && std::count(behind.begin(), behind.end(), user) == 0; });
  }
}

// The resources whose last user in an epoch this one is.
std::vector<std::size_t> Engine::all_used(const Node& node, std::uint32_t epoch) {
  std::vector<std::size_t> all;
  const Lock lock(mutex_);
  auto& through = snapshots_of_[epoch].through;
  through.resize(resources_.size());
  for (std::size_t i = 0; i < resources_.size(); ++i)
    if (std::find(savers_[i].begin(), savers_[i].end(), node.index) != savers_[i].end() && ++through[i] == savers_[i].size())
      all.push_back(i);
  return all;
}

// What a stage was given before the end, of which `in` is told, is of that epoch. The caller holds the mutex.
void Engine::epoch_ends(Node& node, const Message& end, std::uint64_t in) {
  if (!snapshots_ || *end.scope != "epoch") return;
  node.of_epoch[end.id[0]].in = in - std::exchange(node.in_before_epoch, in);
}

void Engine::contribute(Node& node, const Scope& ended) {
  if (!snapshots_ || ended.kind != "epoch") return;
  std::string state = node.spec().stateful ? native([&] { return node.stage->save_state(); }) : std::string();
  std::map<std::string, std::string> resources;
  for (const std::size_t i : all_used(node, ended.id[0]))
    resources[plan_.resources[i].name] = native([&] { return resources_[i]->save_state(); });
  std::erase_if(resources, [](const auto& one) { return one.second.empty(); });
  Snapshot complete;
  {
    const Lock lock(mutex_);
    Snapshots& parts = snapshots_of_[ended.id[0]];
    if (node.spec().stateful) parts.snapshot.stages[node.plan->name] = std::move(state);
    parts.snapshot.resources.merge(resources);
    if (++parts.stages < nodes_.size()) return;
    complete = std::move(parts.snapshot);
    for (const auto& each : nodes_) complete.tallies[each->plan->name] = each->done += each->of_epoch[ended.id[0]];
    for (const auto& each : nodes_) each->of_epoch.erase(ended.id[0]);
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
  if (plan_.only) return;  // a replay: what failed then is no part of it
  for (auto& node : nodes_)
    if (const auto tally = from.tallies.find(node->plan->name); tally != from.tallies.end()) node->before = node->done = tally->second;
  epochs_before_ = static_cast<int>(from.epochs);
}

}  // namespace tivit::detail
