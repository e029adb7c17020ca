// How far a run is, for people who watch it.
#include <tivit/detail/engine.hpp>
#include <tivit/frame_range.hpp>

#include <algorithm>

namespace tivit::detail {

// Calls that are under way count so far; an emit() that waits for room is no work.
double Engine::busy_s(const Node& node, double now_s) {
  const double waited_s = node.waits_since_s ? now_s - *node.waits_since_s : 0;
  return node.account.busy_s + node.running * now_s - node.begun_s - waited_s;
}

// How much of the scope that is being gathered has come, where its members say which rows they are.
double Engine::gathered_share(const Node& gather) const {
  if (gather.pending.empty()) return 0;
  const auto* first = gather.pending.front().attachments.find<FrameRange>();
  const auto* now = gather.pending.back().attachments.find<FrameRange>();
  if (!first || !now || now->last <= first->first) return 0;
  return std::clamp(static_cast<double>(now->end - first->first) / static_cast<double>(now->last - first->first), 0.0, 1.0);
}

RunProgress Engine::progress() const {
  const Lock lock(mutex_);
  RunProgress progress;
  const double now_s = seconds();
  for (const auto& node : nodes_) {
    StageProgress stage{node->plan->name, node->account.in, node->account.out, 0, 0, node->running, node->limit, 0};
    for (std::size_t i = 0; i < node->join.ports.size(); ++i) {
      const JoinPort& port = node->join.ports[i];
      if (port.open || (stage.room > 0 && port.queue.size() <= stage.queued)) continue;
      stage.queued = port.queue.size();
      stage.room = capacity(*nodes_[static_cast<std::size_t>(node->plan->inputs[i].producer)], *node);
    }
    stage.busy_s = busy_s(*node, now_s);
    progress.stages.push_back(std::move(stage));
    if (node->kind() == Kind::source && progress.stages.size() == 1) progress.epoch = node->epoch;
  }
  if (calling_) progress.called = calling_->name;
  // Items of the source's own stream that sinks are through with; batches and windows are not items of it.
  for (const auto& node : nodes_) {
    if (!expected_ || *expected_ <= 0 || node->kind() != Kind::sink) continue;
    const PlanDomain& domain = plan_.domains[static_cast<std::size_t>(node->plan->input_domain)];
    const bool batches = domain.gathered >= 0;
    if (!batches && domain.opens != "epoch") continue;
    double items = static_cast<double>(node->account.in);
    // A recording is one item, however long it is.
    double begun = 0;
    for (const auto& gather : nodes_)
      if (gather->spec().one_per_scope && std::ranges::count(gather->descendants, node->index))
        begun = std::max(begun, gathered_share(*gather));
    items += begun;
    if (batches) {
      const Node& batcher = *nodes_[static_cast<std::size_t>(domain.opener)];
      if (plan_.domains[static_cast<std::size_t>(domain.gathered)].opens != "epoch" || batcher.account.out == 0) continue;
      items *= static_cast<double>(batcher.account.in) / static_cast<double>(batcher.account.out);
    }
    items += static_cast<double>(*expected_) * epochs_before_;
    const double share = std::min(1.0, items / (static_cast<double>(*expected_) * plan_.epochs));
    progress.share = std::min(progress.share.value_or(1.0), share);
  }
  // A recording that is whole counts no more as gathered, and not yet as written.
  if (progress.share) progress.share = shown_share_ = std::max(shown_share_, *progress.share);
  progress.bytes_in_flight = bytes_->now();
  progress.peak_bytes = bytes_->peak();
  progress.memory = static_cast<std::int64_t>(plan_.memory_bytes);
  return progress;
}

}  // namespace tivit::detail
