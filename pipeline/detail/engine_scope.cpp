// The end of a scope, for stages that listen to it.
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/node_emit.hpp>

#include <algorithm>

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

// An end carries what any of its parts does: a lease, and members of a group that were in none of its items.
void Engine::gather_beside(Joined& joined) {
  Message& lead = joined.parts[joined.lead];
  for (const Message& part : joined.parts) {
    if (!part.beside || part.beside == lead.beside) continue;
    if (!lead.beside) {
      lead.beside = part.beside;
      continue;
    }
    auto both = std::make_shared<Beside>(*lead.beside);
    if (!both->members) both->members = part.beside->members;
    for (const auto& lease : part.beside->leases)
      if (std::find(both->leases.begin(), both->leases.end(), lease) == both->leases.end()) both->leases.push_back(lease);
    lead.beside = std::move(both);
  }
}

// The end of a scope goes on; where members are given back, those that the end brought come before it.
void Engine::end_goes_on(const Node& node, Message end, std::vector<Outgoing>& out) {
  const bool members = end.beside && end.beside->members && node.spec().restores_members &&
                       static_cast<int>(end.id.depth()) + 1 == plan_.domains[static_cast<std::size_t>(node.plan->input_domain)].depth;
  if (members) {
    for (const auto& member : *end.beside->members) append_member(member, nullptr, out);
    auto rest = std::make_shared<Beside>(*end.beside);
    rest->members = nullptr;
    end.beside = std::move(rest);
  }
  out.push_back({-1, std::move(end)});
}

void Engine::scope_call(Node& node, Task& task, std::vector<Outgoing>& out) {
  gather_beside(task.joined);
  Message end = task.joined.leading();
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
    emit.hold = single;
    try {
      native([&] { node.stage->finish(emit, context); });
      if (single && !lost && emit.emitted() == 0)
        lost = std::make_shared<const Tombstone>(Tombstone{node.plan->name, "nothing came of " + *end.scope + " " + end.id.text(), true});
      emit.release(out, task.bytes);
    } catch (const Cancelled&) {
      throw;
    } catch (const Dropped& dropped) {
      lost = broken = std::make_shared<const Tombstone>(Tombstone{node.plan->name, dropped.what(), true});
    } catch (const std::exception& error) {
      if (!lost) record_failure(node, context, short_text(error), false);  // a scope that lost a member is named already
      lost = broken = std::make_shared<const Tombstone>(Tombstone{node.plan->name, short_text(error)});
    }
    if (single && lost) out.push_back({-1, Message::lost(end.id, lost, beside_of(context, {}, nullptr))});
    const Lock lock(mutex_);
    if (!single) {
      // What is part of no emitted item is a lost item where finish() failed. Otherwise it goes with the end, for those who give
      // members back: lost members, ends of inner scopes. To all others an end of an inner scope means nothing here.
      // Members that the end brought along are another group's, whose items this one gathered.
      auto beside = std::make_shared<Beside>();
      if (end.beside) beside->leases = end.beside->leases;
      auto members = std::make_shared<Members>(node.pending);
      if (!broken) std::erase_if(*members, [](const Member& member) { return member.alive(); });
      if (!members->empty() && broken)
        out.push_back({-1, Message::lost(end.id.child(node.emitted_in_scope), broken, beside_of(context, {}, std::move(members)))});
      else if (!members->empty())
        beside->members = std::move(members);
      end.beside = std::move(beside);
    }
    // An item that stands for the scope is not inside it; the end of the run is everybody's.
    if (!single || *end.scope == "run") out.push_back({-1, end});
    node.pending.clear();
    node.lost_member.reset();
    node.emitted_in_scope = 0;
  } else {
    call_from(node, context.scope_);
    end_goes_on(node, end, out);
  }
  contribute(node, context.scope_);
  const Lock lock(mutex_);
  if (*end.scope == "run") node.ended = true;
}

}  // namespace tivit::detail
