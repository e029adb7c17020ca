// Whether a call may start: room, bytes and leases.
#include <tivit/detail/engine.hpp>

#include <algorithm>

namespace tivit::detail {
namespace {

// Only a stage that takes its time is ever asked what it works on.
std::string source_name(const Node& node, const Joined& joined) {
  constexpr double slow_s = 1e-3;
  if (node.mean_s < slow_s || joined.parts.empty() || !joined.leading().beside) return {};
  const auto* source = joined.leading().beside->attachments.find<SourceName>();
  return source ? source->text() : std::string();
}

/// Whether what comes next holds the lease of the resource already.
bool brings_lease(const Node& node, const Resource* resource) {
  for (const auto& port : node.join.ports)
    if (!port.open && !port.queue.empty() && port.queue.front().beside)
      for (const auto& held : port.queue.front().beside->leases)
        if (held->resource() == resource) return true;
  return false;
}

/// So quick that looking at the schedule takes as long as the call.
bool is_quick(const Node& node) {
  constexpr double quick_s = 5e-6;
  return node.mean_s <= quick_s;
}

}  // namespace

// Between two quick stages more may lie: then several items pass with one look at the schedule.
std::size_t Engine::capacity(const Node& from, const Node& to) const {
  return is_quick(from) && is_quick(to) ? std::max(capacity_, quick_capacity) : capacity_;
}

bool Engine::room(const Node& node) const {
  const std::size_t under_way = node.started - node.flushed;
  return std::none_of(node.all_successors.begin(), node.all_successors.end(), [&](const Successor& successor) {
    const Node& next = *nodes_[static_cast<std::size_t>(successor.node)];
    return next.join.ports[successor.port].queue.size() + under_way >= capacity(node, next);
  });
}

// A stage may step over the budget by one item, where nothing downstream of it could give bytes back and nobody has stepped over it
// yet. An emit() has what it wants to send, which is counted, and asks for what is made next.
bool Engine::bytes_allow(const Node& node, bool emitting) const {
  if (node.all_successors.empty()) return true;
  const std::uint64_t own = emitting ? node.next_bytes.load() : 0;
  const auto used = static_cast<std::uint64_t>(std::max<std::int64_t>(0, bytes_->now())) + reserved_bytes_ - own;
  if (!emitting && !node.measured && node.running > 0) return false;  // the first call measures
  if (used + node.next_bytes <= plan_.memory_bytes) return true;
  if (used > plan_.memory_bytes || (node.running > 0 && !emitting)) return false;
  return std::none_of(node.descendants.begin(), node.descendants.end(), [&](int d) {
    const Node& below = *nodes_[static_cast<std::size_t>(d)];
    return !below.idle();
  });
}

// For a call that begins now.
void Engine::reserve(Node& node) {
  ++node.reserving;
  reserved_bytes_ += node.next_bytes;
}

void Engine::give_back_reserved(Node& node) {
  --node.reserving;
  reserved_bytes_ -= node.next_bytes;
}

// The first output of a stage, or its largest so far: calls under way are expected to make as much.
void Engine::measure(Node& node, std::size_t bytes) {
  const Lock lock(mutex_);
  if (node.measured && bytes <= node.next_bytes) return;
  reserved_bytes_ += node.reserving * (bytes - node.next_bytes);  // what wraps around wraps back
  node.next_bytes = bytes;
  node.measured = true;
}

// A recording may lie in a recording: of scopes of one kind, a gather listens to the innermost.
bool Engine::listens(const Node& node, const Message& end) const {
  return *end.scope == node.plan->scope && static_cast<int>(end.id.depth()) == node.plan->scope_depth;
}

// Whether the next joined message makes the stage's own code run; otherwise it is passed on as it is.
bool Engine::needs_call(Node& node, Message::Kind kind) {
  const Message& lead = node.join.next_lead();
  switch (kind) {
    // A scope that lost a member is lost as a whole: what is left of it is not added.
    case Message::Kind::item: return !(node.kind() == Kind::gather && node.spec().one_per_scope && node.lost_member);
    case Message::Kind::tombstone: return false;
    case Message::Kind::scope_end: break;
  }
  if (snapshots_ && *lead.scope == "epoch") return true;
  if (node.kind() == Kind::gather) return listens(node, lead);
  if (node.kind() == Kind::sink) return true;
  return std::any_of(node.after.begin(), node.after.end(), [&](const PlanAfter* after) { return after->every == *lead.scope; });
}

// In training, a stage that takes leases takes one for the end of an epoch or of the run too. False: it is not free yet.
bool Engine::lease_for_end(Node& node, std::shared_ptr<const Beside>& lease) {
  if (node.lease_resource < 0 || !context_.training || node.join.next_lead().id.depth() > 1) return true;
  const auto resource = static_cast<std::size_t>(node.lease_resource);
  if (brings_lease(node, resources_[resource].get())) return true;
  if (leased_[resource]->taken.load(std::memory_order_acquire)) return false;
  const Message& end = node.join.next_lead();
  auto beside = end.beside ? std::make_shared<Beside>(*end.beside) : std::make_shared<Beside>();
  beside->leases.push_back(std::make_shared<LeaseToken>(resources_[resource], leased_[resource], node.join.next_lead().id, node.index));
  lease = std::move(beside);
  return true;
}

// An item takes a lease unless it carries it already. False: it is not free yet.
bool Engine::lease_for_item(Node& node, std::shared_ptr<LeaseToken>& lease) {
  if (node.lease_resource < 0) return true;
  const auto resource = static_cast<std::size_t>(node.lease_resource);
  if (brings_lease(node, resources_[resource].get())) return true;
  if (leased_[resource]->taken.load(std::memory_order_acquire)) return false;
  lease = std::make_shared<LeaseToken>(resources_[resource], leased_[resource], node.join.next_lead().id, node.index);
  return true;
}

// Notes why a stage does not go on. Bytes and leases come back without a word; who lacks a worker is asked when one is free.
bool Engine::refuse(Node& node, Lack why) {
  node.meter.lacks(why, now_s_);
  if (why == Lack::worker) ready_.add(node.index);
  if (why == Lack::bytes || why == Lack::lease) waiting_.add(node.index);
  return false;
}

// Takes a call on, if nothing is in its way. `next`: what its inbox holds; nothing for a source.
bool Engine::start(Node& node, std::optional<Message::Kind> next, bool force) {
  if (node.running >= node.limit) return refuse(node, Lack::nothing);
  if (!next && node.exhausted) return refuse(node, Lack::ended);
  if (!node.own_thread && pool_running_ >= std::max(1, plan_.threads.pipeline)) return refuse(node, Lack::worker);
  const bool item = !next || *next == Message::Kind::item;
  if (item && !force && !room(node)) return refuse(node, Lack::room);  // whoever makes room says so
  if (item && !force && !bytes_allow(node)) return refuse(node, Lack::bytes);
  std::shared_ptr<LeaseToken> lease;
  std::shared_ptr<const Beside> end_lease;
  if (next && !(item ? lease_for_item(node, lease) : lease_for_end(node, end_lease))) return refuse(node, Lack::lease);
  auto task = taken(node, next);
  task->lease = std::move(lease);
  if (end_lease) task->joined.parts[task->joined.lead].beside = std::move(end_lease);
  for (Task* last = task.get(); item && !force && takes_more(node, task->sequence); last = last->next.get()) last->next = taken(node, next);
  node.begun_s += now_s_;
  node.under_way.push_back({task.get(), now_s_, source_name(node, task->joined)});
  if (++node.running == node.limit) node.meter.lacks(Lack::nothing, now_s_);
  ++running_;
  if (!node.own_thread) ++pool_running_;
  starts_.push_back({&node, std::move(task)});
  return true;
}

// The next call of a stage, with what it is to work on.
std::unique_ptr<Task> Engine::taken(Node& node, std::optional<Message::Kind> next) {
  auto task = new_task(node);
  if (next) {
    for (auto& port : node.join.ports) port.fill.count(port.queue.size(), now_s_);
    node.join.take(*next, task->joined);
    took_from(node);
    task->id = task->joined.leading().id;
    if (*next == Message::Kind::item) ++node.account.in;
    if (*next == Message::Kind::scope_end) epoch_ends(node, task->joined.leading(), node.account.in);
  } else {
    task->id = ItemId{node.epoch, node.number + static_cast<std::uint32_t>(node.started - node.flushed)};
  }
  task->sequence = node.started++;
  task->known_s = now_s_;
  reserve(node);
  return task;
}

// Whether a stage whose calls are quicker than the schedule should be given another item for the same turn.
bool Engine::takes_more(Node& node, std::uint64_t first) {
  const Kind kind = node.kind();
  if (!is_quick(node) || node.started - first >= quick_capacity || node.own_thread || node.lease_resource >= 0) return false;
  if (kind != Kind::source && kind != Kind::map && kind != Kind::sink) return false;
  if (!room(node) || !bytes_allow(node)) return false;
  return kind == Kind::source || node.join.peek() == Message::Kind::item;
}

// There is room again for those who feed it.
void Engine::took_from(const Node& node) {
  for (const int producer : node.producers) concerned_.add(producer);
}

}  // namespace tivit::detail
