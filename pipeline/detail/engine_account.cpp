// The account, with where each stage's time went.
#include <tivit/detail/engine.hpp>

#include <thread>

namespace tivit::detail {

RunAccount Engine::account() const {
  Lock lock(mutex_);
  RunAccount account;
  account.wall_s = ended_s_.value_or(seconds());
  account.workers = std::max(1, plan_.threads.pipeline);
  account.cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  account.memory = plan_.memory_bytes;
  account.peak_bytes = static_cast<std::uint64_t>(bytes_->peak());
  account.called = called_.called;
  account.failures = failures_;
  for (const auto& node : nodes_) {
    StageAccount& stage = account.stages.emplace_back(node->account);
    stage.lacked_s = node->meter.spent_s(account.wall_s);
    stage.busy_s = busy_s(*node, account.wall_s);
    for (const std::uint64_t bytes : node->sent_bytes) stage.bytes_out += bytes;
    for (std::size_t i = 0; i < node->join.ports.size(); ++i) {
      const PlanInput& input = node->plan->inputs[i];
      if (input.producer < 0) continue;
      const Node& producer = *nodes_[static_cast<std::size_t>(input.producer)];
      const auto output = static_cast<std::size_t>(input.output);
      const Fill& fill = node->join.ports[i].fill;
      const InboxAccount inbox{
          input.port, producer.plan->name, producer.sent_items[output], producer.sent_bytes[output], fill.mean(account.wall_s),
          fill.most()};
      stage.bytes_in += inbox.bytes;
      stage.inboxes.push_back(inbox);
    }
  }
  for (std::size_t i = 0; i < leased_.size(); ++i) {
    std::int64_t held_ns = leased_[i]->held_ns.load();
    if (leased_[i]->taken.load()) held_ns += steady_ns() - leased_[i]->since_ns.load();
    if (held_ns > 0)
      account.leases.push_back(
          {plan_.resources[i].name, plan_.stages[static_cast<std::size_t>(leased_[i]->stage)].name, 1e-9 * static_cast<double>(held_ns)});
  }
  const auto nested = nested_;
  const PlanAfter* calling = calling_;
  lock.unlock();
  // A graph that is called just now counts as far as it is.
  if (nested) account.add_call(calling->name, nested->account());
  return account;
}

}  // namespace tivit::detail
