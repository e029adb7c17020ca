#include <tivit/detail/join.hpp>

namespace tivit::detail {
namespace {

bool same_scope_end(const Message& a, const Message& b) { return b.kind == Message::Kind::scope_end && a.scope == b.scope && a.id == b.id; }

std::string describe(const Message& message) {
  return message.kind == Message::Kind::scope_end ? "the end of " + *message.scope + " " + message.id.text() : "item " + message.id.text();
}

[[noreturn]] void disagree(const Message& lead, const Message& other) {
  throw Error("two inputs disagree: one brings " + describe(lead) + ", the other " + describe(other),
              "this is a fault of a stage upstream that loses or reorders items");
}

}  // namespace

void Join::settle() {
  for (std::size_t i = ports.size(); i-- > 0;)
    if (!ports[i].open && ports[i].same) lead_ = i;
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
    passed_over_ = true;
  }
  return false;
}

std::optional<Message::Kind> Join::peek() {
  if (ports.empty()) return std::nullopt;
  JoinPort& first = ports[lead_];
  if (first.queue.empty()) return std::nullopt;
  const Message& head = first.queue.front();
  Message::Kind kind = head.kind;
  for (auto& port : ports) {
    if (port.open || &port == &first) continue;
    if (!port.same) {
      if (!align(port, head)) return std::nullopt;
    } else {
      if (port.queue.empty()) return std::nullopt;
      const Message& other = port.queue.front();
      if (head.kind == Message::Kind::scope_end ? !same_scope_end(head, other)
                                                : other.kind == Message::Kind::scope_end || other.id != head.id)
        disagree(head, other);
    }
    if (kind == Message::Kind::item && port.queue.front().kind == Message::Kind::tombstone) kind = Message::Kind::tombstone;
  }
  return kind;
}

void Join::take(Message::Kind kind, Joined& into) {
  into.kind = kind;
  into.lead = lead_;
  into.parts.clear();
  const bool ends = kind == Message::Kind::scope_end;
  const ItemId ended = ends ? next_lead().id : ItemId{};
  for (auto& port : ports) {
    if (!port.open && port.same) {
      into.parts.push_back(std::move(port.queue.front()));
      port.queue.moved_front();
      continue;
    }
    Message& part = into.parts.emplace_back();
    if (port.open) continue;
    if (!ends) {
      part = port.queue.front();
      continue;
    }
    // Of an ancestor's end the lease alone goes on: its members are those of another group.
    if (ended.depth() < port.depth && port.queue.front().beside && !port.queue.front().beside->leases.empty()) {
      auto leases = std::make_shared<Beside>();
      leases->leases = port.queue.front().beside->leases;
      part.beside = std::move(leases);
    }
    if (ended.depth() < port.depth ||
        (!port.queue.empty() && port.queue.front().kind != Message::Kind::scope_end && port.queue.front().id == ended)) {
      port.queue.pop_front();  // the common end, or the item whose scope is over
    }
  }
}

bool Join::empty() const {
  for (const auto& port : ports)
    if (!port.queue.empty()) return false;
  return true;
}

}  // namespace tivit::detail
