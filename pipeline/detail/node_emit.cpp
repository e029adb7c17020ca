#include <tivit/detail/node_emit.hpp>

#include <algorithm>

namespace tivit::detail {

void append_member(const Member& member, const std::shared_ptr<const Tombstone>& why, std::vector<Outgoing>& out) {
  if (member.scope_end) {
    out.push_back({-1, Message::end(member.scope_end->kind, member.scope_end->id)});
    return;
  }
  auto beside = std::make_shared<Beside>();
  beside->attachments = member.attachments;
  out.push_back({-1, Message::lost(member.id, member.lost ? std::make_shared<const Tombstone>(*member.lost) : why, std::move(beside))});
}

void NodeEmit::restore_dead(std::vector<Outgoing>& out) {
  const Members* members = context_.members_.get();
  for (; members && member_ < members->size() && !(*members)[member_].alive(); ++member_) append_member((*members)[member_], nullptr, out);
}

void NodeEmit::lose_rest(const std::shared_ptr<const Tombstone>& why, std::vector<Outgoing>& out) {
  const Members* members = context_.members_.get();
  for (; members && member_ < members->size(); ++member_) append_member((*members)[member_], why, out);
}

void NodeEmit::trace(const ItemId& id, const Beside& beside, double at_s) const {
  TraceBirth birth{engine_.trace_graph_, node_.index, id, context_.id(), at_s, {}};
  if (beside.members && !node_.spec().restores_members)
    for (const auto& member : *beside.members)
      if (member.alive()) birth.members.push_back(member.id);
  engine_.trace_of(node_).birth(std::move(birth));
}

void NodeEmit::wait_for_room(Engine::Lock& lock, double at_s) {
  node_.waits_for_room = true;
  node_.waits_since_s = engine_.now_s_;
  ++engine_.standing_;
  const auto wanting = [&] { return engine_.room(node_) ? Lack::bytes : Lack::room; };
  while (!engine_.stopping_ && !node_.forced && !(engine_.room(node_) && engine_.bytes_allow(node_, true))) {
    node_.meter.lacks(wanting(), engine_.now_s_);
    engine_.pump(lock);
    if (engine_.stopping_ || node_.forced) break;
    node_.wake.wait_for(lock, std::chrono::milliseconds(100));
  }
  if (!node_.forced) --engine_.standing_;
  node_.waits_for_room = node_.forced = false;
  const double now_s = engine_.seconds();
  node_.account.busy_s -= now_s - *std::exchange(node_.waits_since_s, std::nullopt);
  node_.meter.lacks(Lack::nothing, now_s);
  // A wait too short to be seen is not drawn; the others begin after the birth that they hold up, in whatever unit a viewer rounds to.
  constexpr double worth_showing_s = 2e-5, after_the_birth_s = 1e-8;
  if (engine_.hooks_.trace && now_s - at_s > worth_showing_s)
    engine_.trace_of(node_).call({engine_.trace_graph_, node_.index, context_.id(), false, true, at_s + after_the_birth_s, now_s, -1, 0});
  if (engine_.stopping_) throw Cancelled();
}

void NodeEmit::put(std::vector<Payload> outputs) {
  if (engine_.stopping_) throw Cancelled();
  ++emitted_;
  if (discard) return;
  static const Inputs none;
  Symbols symbols = engine_.bound_symbols(node_, inputs_ ? *inputs_ : none);
  std::vector<std::size_t> bytes;
  engine_.check_outputs(node_, outputs, symbols, bytes);
  std::vector<Outgoing> out;
  ItemId id;
  auto beside = std::make_shared<Beside>();
  beside->leases = leases_;
  if (gather_scope) {
    beside->attachments = context_.in_;
    const Engine::Lock lock(engine_.mutex_);
    const auto number = node_.emitted_in_scope++;
    const bool single = node_.spec().one_per_scope;
    if (single && number > 0) throw Error("the stage emitted a second item for one scope", "its contract says one_per_scope()");
    id = single ? gather_scope->id : gather_scope->id.child(number);
    beside->members = std::make_shared<const Members>(std::move(node_.pending));
    node_.pending.clear();
  } else if (node_.spec().restores_members) {
    const auto from = static_cast<std::ptrdiff_t>(member_);
    if (!context_.members_ ||
        std::none_of(context_.members_->begin() + from, context_.members_->end(), [](const Member& m) { return m.alive(); }))
      throw Error("the stage gave back more items than it was given members", "emit once for each living member");
    restore_dead(out);
    const Member& member = (*context_.members_)[member_++];
    id = member.id;
    beside->attachments = member.attachments;
  } else {
    id = context_.id().child(emitted_ - 1);
    if (node_.selects && !engine_.plan_.only->wants(id)) return;
    beside->attachments = context_.in_;
  }
  beside->attachments.overlay(context_.out_);
  append_items(id, std::move(outputs), beside, out);
  const double at_s = engine_.seconds();
  if (engine_.hooks_.trace) trace(id, *beside, at_s);
  if (hold) {
    held_ = std::move(out);
    held_bytes_ = std::move(bytes);
    return;
  }
  Engine::Lock lock = engine_.locked();
  engine_.now_s_ = at_s;
  // Expands have a thread of their own and may stand still; gathers emit little and go beyond their queues' length.
  if (node_.kind() == Kind::expand) wait_for_room(lock, at_s);
  for (std::size_t i = 0; i < bytes.size(); ++i) node_.sent_bytes[i] += bytes[i];
  for (auto& message : out) engine_.deliver(node_, message);
  engine_.pump(lock);
}

}  // namespace tivit::detail
