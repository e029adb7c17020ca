// Messages that need no call: tombstones, and ends of scopes that a stage does not listen to.
#include <tivit/detail/node_emit.hpp>

#include <algorithm>

namespace tivit::detail {

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
    if (static_cast<int>(stone.id.depth()) <= node.plan->scope_depth) {
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

// Takes the message that comes next and sends on what becomes of it, unless it has to wait.
bool Engine::pass(Node& node, Message::Kind kind) {
  if (node.limit == 1 && node.running > 0) return refuse(node, Lack::nothing);
  std::shared_ptr<const Beside> lease;
  if (kind == Message::Kind::scope_end && !lease_for_end(node, lease)) return refuse(node, Lack::lease);
  Joined joined;
  for (auto& port : node.join.ports) port.fill.count(port.queue.size(), now_s_);
  node.join.take(kind, joined);
  took_from(node);
  passed_ = true;
  Message& lead = joined.parts[joined.lead];
  if (lease) lead.beside = lease;
  if (kind == Message::Kind::scope_end) gather_beside(joined);
  std::vector<Outgoing> out;
  if (kind != Message::Kind::scope_end) {
    pass_lost(node, joined, out);
  } else if (node.kind() == Kind::gather && static_cast<int>(lead.id.depth()) >= node.plan->scope_depth) {
    if (!node.spec().one_per_scope) node.pending.push_back({lead.id, {}, std::nullopt, Scope{*lead.scope, lead.id}});
  } else {
    end_goes_on(node, lead, out);
  }
  if (kind == Message::Kind::scope_end && *lead.scope == "run") node.ended = true;
  finish(node, node.started++, out);
  return true;
}

// Sends outputs in the order in which their calls began.
void Engine::finish(Node& node, std::uint64_t sequence, std::vector<Outgoing>& out) {
  if (sequence != node.flushed) {
    node.finished[sequence] = {std::move(out), now_s_};
    return;
  }
  for (auto& one : out) deliver(node, one);
  ++node.flushed;
  while (!node.finished.empty() && node.finished.begin()->first == node.flushed) {
    node.account.turn_s += now_s_ - node.finished.begin()->second.since_s;
    for (auto& one : node.finished.begin()->second.out) deliver(node, one);
    node.finished.erase(node.finished.begin());
    ++node.flushed;
  }
}

void Engine::deliver(Node& node, Outgoing& out) {
  const auto& successors = out.output < 0 ? node.all_successors : node.successors[static_cast<std::size_t>(out.output)];
  if (out.message.kind == Message::Kind::item) {
    ++node.account.out;
    ++node.sent_items[static_cast<std::size_t>(out.output)];
  }
  for (std::size_t i = 0; i < successors.size(); ++i) {
    JoinPort& port = nodes_[static_cast<std::size_t>(successors[i].node)]->join.ports[successors[i].port];
    auto& queue = port.queue;
    port.fill.count(queue.size(), now_s_);
    port.fill.reaches(queue.size() + 1);
    if (i + 1 < successors.size())
      queue.push_back(out.message);
    else
      queue.push_back(std::move(out.message));
    concerned_.add(successors[i].node);
  }
}

}  // namespace tivit::detail
