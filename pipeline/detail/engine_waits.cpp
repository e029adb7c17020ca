// What every stage works on or waits for just now, in words.
#include <tivit/detail/engine.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::detail {
namespace {

std::string seconds_text(double seconds) {
  const auto tenths = std::llround(10 * std::max(0.0, seconds));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string mebibytes(double bytes) { return std::to_string(std::llround(bytes / (1 << 20))) + " MiB"; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 < words.size() ? ", " : " and ") + words[i];
  return text;
}

std::string item_text(const Task& task, const std::string& name) {
  return "item " + task.id.text() + (name.empty() ? "" : " (" + name + ")");
}

}  // namespace

double Engine::quiet_s() const {
  std::shared_ptr<Run> nested;
  double quiet_s = 0;
  {
    const Lock lock(mutex_);
    quiet_s = seconds() - now_s_;
    nested = nested_;
  }
  return nested ? std::min(quiet_s, nested->quiet_s()) : quiet_s;
}

// Who holds a lease, and where that item is.
std::string Engine::lease_text(const Node& node) const {
  const auto resource = static_cast<std::size_t>(node.lease_resource);
  const LeaseState& lease = *leased_[resource];
  std::string text = "waits for the lease of " + plan_.resources[resource].name;
  if (!lease.taken.load()) return text;
  text += ", held by item " + lease.holder.text();
  for (const auto& other : nodes_)
    for (const auto& call : other->under_way)
      if (call.task->id == lease.holder || call.task->id.within(lease.holder))
        if (other->index == lease.stage || std::count(nodes_[static_cast<std::size_t>(lease.stage)]->descendants.begin(),
                                                      nodes_[static_cast<std::size_t>(lease.stage)]->descendants.end(), other->index))
          return text + " in stage " + other->plan->name;
  const auto carries = [&](const Message& message) {
    return message.beside && std::any_of(message.beside->leases.begin(), message.beside->leases.end(),
                                         [&](const auto& held) { return held->resource() == resources_[resource].get(); });
  };
  for (const auto& other : nodes_)
    for (const auto& port : other->join.ports)
      if (!port.queue.empty() && carries(port.queue.front())) return text + " in the inbox of stage " + other->plan->name;
  return text + ", which stage " + plan_.stages[static_cast<std::size_t>(lease.stage)].name + " took";
}

// Why the stage does not make one more call.
std::string Engine::wait_text(const Node& node) const {
  switch (node.meter.lack()) {
    case Lack::nothing:
    case Lack::ended: return {};
    case Lack::input: {
      std::vector<std::string> missing;
      for (std::size_t i = 0; i < node.join.ports.size(); ++i)
        if (const JoinPort& port = node.join.ports[i]; !port.open && port.queue.empty())
          missing.push_back(plan_.stages[static_cast<std::size_t>(node.plan->inputs[i].producer)].name);
      missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
      std::string text = "waits for " + (missing.empty() ? std::string("an input") : joined(missing));
      if (!node.pending.empty())
        text += "; it holds " + std::to_string(node.pending.size()) + " items until the end of " + node.plan->scope + " " +
                node.pending.back().id.prefix(static_cast<std::size_t>(node.plan->scope_depth)).text();
      return text;
    }
    case Lack::room: {
      std::string text = "waits for room in the inbox of ";
      for (const auto& successor : node.all_successors) {
        const Node& next = *nodes_[static_cast<std::size_t>(successor.node)];
        const std::size_t queued = next.join.ports[successor.port].queue.size(), under_way = node.started - node.flushed;
        const std::size_t most = capacity(node, next);
        if (queued + under_way < most) continue;
        text += next.plan->name + ", which has " + std::to_string(queued) + " of " + std::to_string(most);
        if (queued < most) text += " and " + std::to_string(under_way) + " promised";
        return text;
      }
      return text + "a stage after it";
    }
    case Lack::bytes: {
      if (!node.measured && node.running > 0) return "waits until its first call has shown how large its items are";
      const auto most = std::max_element(nodes_.begin(), nodes_.end(),
                                         [](const auto& a, const auto& b) { return a->held_bytes->load() < b->held_bytes->load(); });
      return "waits for memory: " + mebibytes(static_cast<double>(bytes_->now()) + static_cast<double>(reserved_bytes_)) + " of " +
             mebibytes(static_cast<double>(plan_.memory_bytes)) + " are in flight or promised, " +
             (node.measured ? "its next item is about " + mebibytes(static_cast<double>(node.next_bytes.load()))
                            : std::string("how large its items are is not known yet")) +
             ", and " + mebibytes(static_cast<double>((*most)->held_bytes->load())) + " were made by " + (*most)->plan->name;
    }
    case Lack::lease: return lease_text(node);
    case Lack::worker: return "waits for one of the " + std::to_string(std::max(1, plan_.threads.pipeline)) + " pipeline threads";
  }
  return {};
}

std::vector<StageWait> Engine::work_under_way(const Node& node, double now_s) const {
  std::vector<StageWait> waits;
  for (const auto& call : node.under_way) {
    const std::string item = node.kind() == Kind::source ? "making item " + call.task->id.text() : item_text(*call.task, call.name);
    const double since_s = now_s - call.since_s;
    if (node.waits_for_room)
      waits.push_back({node.plan->name, "in the middle of " + item + ", " + wait_text(node), false, now_s - *node.waits_since_s});
    else if (calling_ && std::count(node.after.begin(), node.after.end(), calling_))
      waits.push_back({node.plan->name, "waits for graph " + calling_->name + ", which it called", false, since_s});
    else
      waits.push_back({node.plan->name, (node.kind() == Kind::source ? "is " : "works on ") + item, true, since_s});
  }
  return waits;
}

std::vector<StageWait> Engine::waits() const {
  std::vector<StageWait> waits;
  std::shared_ptr<Run> nested;
  std::string called;
  {
    const Lock lock(mutex_);
    const double now_s = seconds();
    nested = nested_;
    if (calling_) called = calling_->name;
    for (const auto& node : nodes_) {
      auto working = work_under_way(*node, now_s);
      std::string text = node->waits_for_room ? "" : wait_text(*node);
      if (!node->finished.empty()) {
        std::string older;
        for (const auto& call : node->under_way)
          if (call.task->sequence == node->flushed) older = item_text(*call.task, call.name);
        text += (text.empty() ? "" : "; ") + std::to_string(node->finished.size()) +
                " of its calls have ended and wait for their turn after " + older;
      }
      waits.insert(waits.end(), working.begin(), working.end());
      if (!text.empty()) waits.push_back({node->plan->name, text, false, now_s - node->meter.since_s()});
    }
  }
  if (nested)
    for (auto& wait : nested->waits()) {
      wait.stage = called + "/" + wait.stage;
      waits.push_back(std::move(wait));
    }
  for (auto& wait : waits) wait.text += " (" + seconds_text(wait.since_s) + ")";
  return waits;
}

}  // namespace tivit::detail
