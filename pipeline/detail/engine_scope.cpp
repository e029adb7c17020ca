// The end of a scope, for stages that listen to it.
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/node_emit.hpp>

namespace tivit::detail {

std::shared_ptr<const Beside> beside_of(const Context& context, std::vector<std::shared_ptr<LeaseToken>> leases,
                                        std::shared_ptr<const Members> members) {
  auto beside = std::make_shared<Beside>();
  beside->attachments = context.in_;
  beside->attachments.overlay(context.out_);
  beside->leases = std::move(leases);
  beside->members = std::move(members);
  return beside;
}

void Engine::scope_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  Message end = task.joined.leading();
  for (const Message& part : task.joined.parts)
    if (!end.beside) end.beside = part.beside;
  Context& context = task.context;
  context.scope_ = {*end.scope, end.id};
  if (node.kind() == Kind::sink) {
    native([&] { node.stage->scope_end(context); });
  } else if (node.kind() == Kind::gather && listens(node, end)) {
    NodeEmit emit(*this, node, context, {}, nullptr);
    emit.gather_scope = context.scope_;
    const bool single = node.spec().one_per_scope;
    std::shared_ptr<const Tombstone> lost, broken;
    {
      const Lock lock(mutex_);
      lost = single ? node.lost_member : nullptr;
      context.members_ = std::make_shared<const Members>(node.pending);
      if (single)
        for (const auto& member : node.pending)
          if (member.alive()) {
            context.in_ = member.attachments;  // the scope's item carries what its first member did
            break;
          }
    }
    emit.discard = lost != nullptr;
    try {
      native([&] { node.stage->finish(emit, context); });
      if (single && !lost && emit.emitted() == 0)
        lost = std::make_shared<const Tombstone>(Tombstone{node.plan->name, "nothing came of " + *end.scope + " " + end.id.text(), true});
    } catch (const Cancelled&) {
      throw;
    } catch (const Dropped& dropped) {
      lost = broken = std::make_shared<const Tombstone>(Tombstone{node.plan->name, dropped.what(), true});
    } catch (const std::exception& error) {
      record_failure(node, context, short_text(error), false);
      lost = broken = std::make_shared<const Tombstone>(Tombstone{node.plan->name, short_text(error)});
    }
    if (single && lost) out.push_back({-1, Message::lost(end.id, lost, beside_of(context, {}, nullptr))});
    const Lock lock(mutex_);
    if (!single) {
      // What was not part of any emitted item goes on by itself: lost members, scope ends after the last item, and where
      // finish() failed, everything that it held.
      for (const auto& member : node.pending)
        if (!member.alive() || broken) append_member(member, broken, out);
    }
    // An item that stands for the scope is not inside it; the end of the run is everybody's.
    if (!single || *end.scope == "run") out.push_back({-1, end});
    node.pending.clear();
    node.lost_member.reset();
    node.emitted_in_scope = 0;
  } else {
    call_after(node.after, context.scope_);
    out.push_back({-1, end});
  }
  contribute(node, context.scope_);
  const Lock lock(mutex_);
  if (*end.scope == "run") node.ended = true;
}

}  // namespace tivit::detail
