// What may start, and when: order, room, bytes and leases.
#include <tivit/detail/node_emit.hpp>

#include <algorithm>

namespace tivit::detail {

bool Engine::room(const Node& node) const {
  const std::size_t under_way = node.started - node.flushed;
  for (const auto& successor : node.all_successors)
    if (nodes_[static_cast<std::size_t>(successor.node)]->join.ports[successor.port].queue.size() + under_way >= capacity_) return false;
  return true;
}

// Over the budget, a stage may go on only when nothing downstream of it could give bytes back.
bool Engine::bytes_allow(const Node& node, bool emitting) const {
  if (node.all_successors.empty()) return true;
  const auto used = static_cast<std::uint64_t>(std::max<std::int64_t>(0, bytes_->load())) + reserved_bytes_;
  if (emitting        ? used <= plan_.memory_bytes
      : node.measured ? used + node.last_bytes <= plan_.memory_bytes
                      : used < plan_.memory_bytes && node.running == 0)
    return true;
  if (node.running > 0 && !emitting) return false;
  return std::none_of(node.descendants.begin(), node.descendants.end(), [&](int d) {
    const Node& below = *nodes_[static_cast<std::size_t>(d)];
    return !below.idle();
  });
}

// Whether the next joined message makes the stage's own code run; otherwise it is passed on as it is.
bool Engine::needs_call(Node& node) {
  const Message& lead = node.join.next_lead();
  switch (node.join.next_kind()) {
    // A scope that lost a member is lost as a whole: what is left of it is not added.
    case Message::Kind::item: return !(node.kind() == Kind::gather && node.spec().one_per_scope && node.lost_member);
    case Message::Kind::tombstone: return false;
    case Message::Kind::scope_end: break;
  }
  if (snapshots_ && lead.scope == "epoch") return true;
  if (node.kind() == Kind::gather) return lead.scope == node.plan->scope;
  if (node.kind() == Kind::sink) return true;
  return std::any_of(node.after.begin(), node.after.end(), [&](const PlanAfter* after) { return after->every == lead.scope; });
}

// In training, a stage that takes leases takes one for the end of an epoch or of the run too. False: it is not free yet.
bool Engine::lease_for_end(Node& node, std::shared_ptr<const Beside>& lease) {
  if (node.lease_resource < 0 || !context_.training || node.join.next_lead().id.depth() > 1) return true;
  const auto resource = static_cast<std::size_t>(node.lease_resource);
  if (leased_[resource]->load(std::memory_order_acquire)) return false;
  auto beside = std::make_shared<Beside>();
  beside->leases.push_back(std::make_shared<LeaseToken>(resources_[resource], leased_[resource]));
  lease = std::move(beside);
  return true;
}

// An item that was lost upstream, or whose scope is.
void Engine::pass_lost(Node& node, Joined& joined, std::vector<Outgoing>& out) {
  ++node.account.in;
  ++node.account.passed;
  const Message& lead = joined.leading();
  const auto lost =
      std::find_if(joined.parts.begin(), joined.parts.end(), [](const Message& m) { return m.kind == Message::Kind::tombstone; });
  const auto why = lost == joined.parts.end() ? node.lost_member : lost->tombstone;
  const Message stone = Message::lost(lead.id, why, lead.beside || lost == joined.parts.end() ? lead.beside : lost->beside);
  const StageSpec& spec = node.spec();
  if (node.kind() == Kind::gather) {
    if (spec.one_per_scope && static_cast<int>(stone.id.depth()) <= node.plan->scope_depth) {
      out.push_back({-1, stone});  // the whole scope never was
    } else {
      if (!node.lost_member) node.lost_member = why;
      node.pending.push_back({stone.id, stone.beside ? stone.beside->attachments : Attachments{}, *why, std::nullopt});
    }
  } else if (spec.restores_members && stone.beside && stone.beside->members) {
    for (const auto& member : *stone.beside->members) append_member(member, why, out);
  } else if (node.kind() != Kind::sink) {
    out.push_back({-1, stone});
  }
}

// Takes one message that needs no call, if that is what comes next; returns whether it did.
bool Engine::pass(Node& node) {
  if (node.kind() == Kind::source || node.join.ports.empty() || !node.join.ready() || needs_call(node)) return false;
  if (node.limit == 1 && node.running > 0) return false;
  std::shared_ptr<const Beside> lease;
  if (node.join.next_kind() == Message::Kind::scope_end && !lease_for_end(node, lease)) return false;
  Joined joined = node.join.take();
  Message& lead = joined.parts[joined.lead];
  if (lease) lead.beside = lease;
  if (joined.kind == Message::Kind::scope_end && !lead.beside)
    for (const Message& part : joined.parts)
      if (part.beside) lead.beside = part.beside;
  std::vector<Outgoing> out;
  if (joined.kind != Message::Kind::scope_end) {
    pass_lost(node, joined, out);
  } else if (node.kind() == Kind::gather && static_cast<int>(lead.id.depth()) >= node.plan->scope_depth) {
    if (!node.spec().one_per_scope) node.pending.push_back({lead.id, {}, std::nullopt, Scope{lead.scope, lead.id}});
  } else {
    out.push_back({-1, lead});
  }
  if (joined.kind == Message::Kind::scope_end && lead.scope == "run") node.ended = true;
  const std::uint64_t sequence = node.started++;
  node.finished[sequence] = std::move(out);
  return true;
}

bool Engine::start_one(Node& node, bool force, std::vector<Start>& starts) {
  if (node.running >= node.limit) return false;
  if (!node.own_thread && pool_running_ >= std::max(1, plan_.threads.pipeline)) return false;
  const auto go = [&](std::unique_ptr<Task> task) {
    task->sequence = node.started++;
    if (node.measured) task->reserved_bytes = node.last_bytes;
    reserved_bytes_ += task->reserved_bytes;
    ++node.running;
    if (!node.own_thread) ++pool_running_;
    starts.push_back({&node, std::move(task)});
    return true;
  };
  if (node.kind() == Kind::source) {
    if (node.exhausted || (!force && (!room(node) || !bytes_allow(node)))) return false;
    auto task = std::make_unique<Task>();
    task->id = ItemId{node.epoch, node.number};
    return go(std::move(task));
  }
  if (!node.join.ready() || !needs_call(node)) return false;
  const bool item = node.join.next_kind() == Message::Kind::item;
  if (!force && item && (!room(node) || !bytes_allow(node))) return false;
  std::shared_ptr<LeaseToken> lease;
  std::shared_ptr<const Beside> end_lease;
  if (!item) {
    if (!lease_for_end(node, end_lease)) return false;
  } else if (node.lease_resource >= 0) {
    const auto resource = static_cast<std::size_t>(node.lease_resource);
    bool carried = false;
    for (const auto& port : node.join.ports)
      if (!port.open && port.queue.front().beside)
        for (const auto& held : port.queue.front().beside->leases) carried = carried || held->resource() == resources_[resource].get();
    if (!carried) {
      if (leased_[resource]->load(std::memory_order_acquire)) return false;
      lease = std::make_shared<LeaseToken>(resources_[resource], leased_[resource]);
    }
  }
  auto task = std::make_unique<Task>();
  task->joined = node.join.take();
  task->id = task->joined.leading().id;
  task->lease = std::move(lease);
  if (end_lease) task->joined.parts[task->joined.lead].beside = end_lease;
  return go(std::move(task));
}

void Engine::pump(Lock&) {
  if (done_) return;
  std::vector<Start> starts;
  try {
    bool again = !stopping_;
    while (again) {
      again = false;
      for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
        while (pass(**node)) again = true;
        flush(**node);
        while (start_one(**node, false, starts)) again = true;
      }
    }
    int running = 0, waiting = 0;
    bool all_ended = true;
    for (auto& node : nodes_) {
      running += node->running;
      waiting += node->waits_for_room && !node->forced ? 1 : 0;
      all_ended = all_ended && node->ended && node->idle();
    }
    if (stopping_ ? running == 0 : running == 0 && all_ended) {
      done_ = true;
    } else if (!stopping_ && running == waiting) {
      // Nothing moves: only room, bytes or an emit() that stands still can be the reason. The stage furthest downstream
      // goes on beyond its limit, by one item; so no budget can bring a run to a standstill.
      bool moved = false;
      for (auto node = nodes_.rbegin(); node != nodes_.rend() && !moved; ++node) {
        if ((*node)->waits_for_room) {
          (*node)->forced = moved = true;
        } else {
          moved = start_one(**node, true, starts);
        }
      }
      if (!moved) {
        std::string waits;
        for (auto& node : nodes_)
          if (!node->ended) waits += (waits.empty() ? "" : ", ") + node->plan->name;
        throw Error("the run stands still: these stages wait for input that never comes: " + waits, "please report this graph");
      }
    }
  } catch (...) {
    if (!cause_) cause_ = std::current_exception();
    stopping_ = true;
    if (context_.cancel_flag) context_.cancel_flag->store(true);
    for (auto& start : starts) {  // what was taken but never dispatched
      --start.node->running;
      if (!start.node->own_thread) --pool_running_;
    }
    starts.clear();
    int running = 0;
    for (auto& node : nodes_) running += node->running;
    done_ = running == 0;
  }
  for (auto& node : nodes_)
    if (node->waits_for_room) node->wake.notify_all();
  if (done_) changed_.notify_all();
  dispatch(std::move(starts));
}

void Engine::dispatch(std::vector<Start> starts) {
  for (auto& start : starts) {
    if (start.node->own_thread) {
      start.node->slot = std::move(start.task);
      start.node->wake.notify_all();
    } else {
      start.node->ready.push_back(std::move(start.task));
      workers_[static_cast<std::size_t>(start.node->index)]->try_put(start.node->index);
    }
  }
}

void Engine::own_thread_loop(Node& node) {
  Lock lock(mutex_);
  while (true) {
    node.wake.wait(lock, [&] { return node.slot || node.stop; });
    if (!node.slot) return;
    const auto task = std::move(node.slot);
    lock.unlock();
    execute(node, *task);
    lock.lock();
  }
}

void Engine::flush(Node& node) {
  while (!node.finished.empty() && node.finished.begin()->first == node.flushed) {
    for (auto& out : node.finished.begin()->second) deliver(node, std::move(out));
    node.finished.erase(node.finished.begin());
    ++node.flushed;
  }
}

void Engine::deliver(Node& node, Outgoing out) {
  const auto& successors = out.output < 0 ? node.all_successors : node.successors[static_cast<std::size_t>(out.output)];
  if (out.message.kind == Message::Kind::item) ++node.account.out;
  for (const auto& successor : successors)
    nodes_[static_cast<std::size_t>(successor.node)]->join.ports[successor.port].queue.push_back(out.message);
}

void Engine::complete(Node& node, std::uint64_t sequence, std::vector<Outgoing> out) {
  Lock lock(mutex_);
  node.finished[sequence] = std::move(out);
  flush(node);
  --node.running;
  if (!node.own_thread) --pool_running_;
  peak_bytes_ = std::max(peak_bytes_, bytes_->load());
  pump(lock);
}

}  // namespace tivit::detail
