#include <tivit/detail/join.hpp>

namespace tivit::detail {
namespace {

bool same_scope_end(const Message& a, const Message& b) { return b.kind == Message::Kind::scope_end && a.scope == b.scope && a.id == b.id; }

std::string describe(const Message& message) {
  return message.kind == Message::Kind::scope_end ? "the end of " + message.scope + " " + message.id.text() : "item " + message.id.text();
}

[[noreturn]] void disagree(const Message& lead, const Message& other) {
  throw Error("two inputs disagree: one brings " + describe(lead) + ", the other " + describe(other),
              "this is a fault of a stage upstream that loses or reorders items");
}

}  // namespace

std::size_t Join::lead() const {
  for (std::size_t i = 0; i < ports.size(); ++i)
    if (!ports[i].open && ports[i].same) return i;
  return 0;
}

// Brings an ancestor's port to the item that `lead` was made from, or to the scope end they have in common.
bool Join::align(JoinPort& port, const Message& lead) {
  const bool ends = lead.kind == Message::Kind::scope_end;
  if (ends && lead.id.depth() >= port.depth) return true;  // a scope that is deeper than this port's stream
  const ItemId wanted = ends ? lead.id : lead.id.prefix(port.depth);
  while (!port.queue.empty()) {
    const Message& front = port.queue.front();
    if (ends ? same_scope_end(lead, front) : front.kind != Message::Kind::scope_end && front.id == wanted) return true;
    // Ends of deeper scopes, and items that nothing was made from, are passed over; anything later is a disagreement.
    if (front.kind == Message::Kind::scope_end ? front.id.depth() < port.depth && !ends && wanted.within(front.id)
                                               : !ends && front.id > wanted)
      disagree(lead, front);
    port.queue.pop_front();
  }
  return false;
}

bool Join::ready() {
  JoinPort& first = ports[lead()];
  if (first.queue.empty()) return false;
  const Message& head = first.queue.front();
  for (auto& port : ports) {
    if (port.open || &port == &first) continue;
    if (!port.same) {
      if (!align(port, head)) return false;
      continue;
    }
    if (port.queue.empty()) return false;
    const Message& other = port.queue.front();
    const bool agree =
        head.kind == Message::Kind::scope_end ? same_scope_end(head, other) : other.kind != Message::Kind::scope_end && other.id == head.id;
    if (!agree) disagree(head, other);
  }
  return true;
}

Message::Kind Join::next_kind() {
  const Message& head = next_lead();
  if (head.kind != Message::Kind::item) return head.kind;
  for (const auto& port : ports)
    if (!port.open && port.queue.front().kind == Message::Kind::tombstone) return Message::Kind::tombstone;
  return Message::Kind::item;
}

Joined Join::take() {
  Joined joined;
  joined.kind = next_kind();
  joined.lead = lead();
  const bool ends = joined.kind == Message::Kind::scope_end;
  const ItemId ended = ends ? next_lead().id : ItemId{};
  for (auto& port : ports) {
    Message& part = joined.parts.emplace_back();
    if (port.open) continue;
    if (port.same) {
      part = std::move(port.queue.front());
      port.queue.pop_front();
    } else if (!ends) {
      part = port.queue.front();
    } else if (ended.depth() < port.depth ||
               (!port.queue.empty() && port.queue.front().kind != Message::Kind::scope_end && port.queue.front().id == ended)) {
      port.queue.pop_front();  // the common end, or the item whose scope is over
    }
  }
  return joined;
}

bool Join::empty() const {
  for (const auto& port : ports)
    if (!port.queue.empty()) return false;
  return true;
}

}  // namespace tivit::detail
