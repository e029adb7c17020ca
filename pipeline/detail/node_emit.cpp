#include <tivit/detail/node_emit.hpp>

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

void NodeEmit::put(std::vector<Payload> outputs) {
  if (engine_.stopping_) throw Cancelled();
  ++emitted_;
  if (discard) return;
  static const Inputs none;
  Symbols symbols = engine_.bound_symbols(node_, inputs_ ? *inputs_ : none);
  engine_.check_outputs(node_, outputs, symbols);
  std::vector<Outgoing> out;
  ItemId id;
  auto beside = std::make_shared<Beside>();
  beside->leases = leases_;
  if (gather_scope) {
    if (node_.spec().one_per_scope) {
      if (emitted_ > 1) throw Error("the stage emitted a second item for one scope", "its contract says one_per_scope()");
      id = gather_scope->id;
    } else {
      const Engine::Lock lock(engine_.mutex_);
      id = gather_scope->id.child(node_.emitted_in_scope++);
    }
    beside->attachments = context_.in_;
    const Engine::Lock lock(engine_.mutex_);
    beside->members = std::make_shared<const Members>(std::move(node_.pending));
    node_.pending.clear();
  } else if (node_.spec().restores_members) {
    restore_dead(out);
    if (!context_.members_ || member_ >= context_.members_->size())
      throw Error("the stage gave back more items than it was given members", "emit once for each living member");
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
  Engine::Lock lock = engine_.locked();
  engine_.now_s_ = seconds_since(engine_.began_);
  // Expands have a thread of their own and may stand still; gathers emit little and go beyond their queues' length.
  if (node_.kind() == Kind::expand) {
    node_.waits_for_room = true;
    node_.waits_since_s = engine_.now_s_;
    ++engine_.standing_;
    while (!engine_.stopping_ && !node_.forced && !(engine_.room(node_) && engine_.bytes_allow(node_, true))) {
      engine_.pump(lock);
      if (engine_.stopping_ || node_.forced) break;
      node_.wake.wait_for(lock, std::chrono::milliseconds(100));
    }
    if (!node_.forced) --engine_.standing_;
    node_.waits_for_room = node_.forced = false;
    node_.account.busy_s -= seconds_since(engine_.began_) - *std::exchange(node_.waits_since_s, std::nullopt);
    if (engine_.stopping_) throw Cancelled();
  }
  for (auto& message : out) engine_.deliver(node_, message);
  engine_.pump(lock);
}

}  // namespace tivit::detail
