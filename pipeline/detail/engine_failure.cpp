// What becomes of an item on which a stage failed, and of the scope around it.
#include <tivit/detail/foreign.hpp>
#include <tivit/detail/node_emit.hpp>

#include <algorithm>
#include <tivit/frame_range.hpp>
#include <tivit/replay_plan.hpp>

namespace tivit::detail {

std::string short_text(const std::exception& error) {
  std::string text = error.what();
  for (const char* stack : {"\nException raised from", "\nframe #"}) text.resize(std::min(text.size(), text.find(stack)));
  return text;
}

// Where a gather downstream makes one item of a whole scope, the scope is lost with one member: so it is named once.
std::optional<Engine::LostScope> Engine::whole_scope(const Node& node, const ItemId& id) const {
  if (node.whole_domain < 0 || static_cast<int>(id.depth()) <= node.whole_depth) return std::nullopt;
  return LostScope{node.whole_domain, id.prefix(static_cast<std::size_t>(node.whole_depth))};
}

// How many items the whole run brings to a stage that gets a source's own; of other streams nobody knows.
std::optional<std::int64_t> Engine::most_items(const Node& node) const {
  const PlanDomain& domain =
      plan_.domains[static_cast<std::size_t>(node.kind() == Kind::source ? node.plan->domain : node.plan->input_domain)];
  if (domain.opens != "epoch" || domain.gathered >= 0 || domain.opener < 0) return std::nullopt;
  const auto& expected = nodes_[static_cast<std::size_t>(domain.opener)]->expected;
  return expected ? std::optional(*expected * plan_.epochs) : std::nullopt;
}

void Engine::record_failure(Node& node, const Context& context, const std::string& cause, bool item) {
  Failure failure{context.id().text(), "", node.plan->name, cause};
  // What came in, not what the stage set: a replay compares it with what comes in then.
  const auto* came_in = context.in_.find<SourceName>();
  if (const auto* source = came_in ? came_in : context.find<SourceName>()) {
    failure.clip = source->clip;
    failure.begin_s = source->begin_s;
    failure.end_s = source->end_s;
  }
  if (const auto* frames = context.find<FrameRange>()) failure.first_frame = frames->first, failure.end_frame = frames->end;
  Lock lock(mutex_);
  const bool adding = item && node.kind() == Kind::gather;  // what it holds may be why this one does not fit
  for (const ItemId& id : members_to_replay(plan_, *node.plan, context.id(), adding ? &node.pending : context.members()))
    failure.members.push_back(id.text());
  ++(item ? node.account.failed : node.failed_scopes);
  if (snapshots_) {
    StageTally& tally = node.of_epoch[context.epoch()];
    ++(item ? tally.failed : tally.failed_scopes);
  }
  bool named = false;
  if (const auto scope = whole_scope(node, context.id())) named = !lost_scopes_.insert(*scope).second;
  if (!named) failures_.push_back(failure);
  const OnError& policy = node.plan->on_error;
  const StageTally all = node.tally();
  const std::uint64_t failures = all.failures();
  const bool over = policy.budget_items && failures > static_cast<std::uint64_t>(*policy.budget_items);
  const auto most = most_items(node);
  const bool hopeless =
      most && static_cast<double>(failures) > policy.budget * static_cast<double>(*most + static_cast<std::int64_t>(all.failed_scopes));
  if ((policy.action == OnError::Do::fail || over || hopeless) && !cause_) {
    std::string more;
    if (over)
      more = " (more failures than the budget of " + std::to_string(*policy.budget_items) + " items allows)";
    else if (hopeless)
      more = " (" + std::to_string(failures) + " of the run's " + std::to_string(*most) +
             " items have failed, more than its error budget allows; see quarantine.jsonl)";
    cause_ = std::make_exception_ptr(Error(cause + more, "", "stage \"" + node.plan->name + "\", " + context.name()));
    stopping_ = true;
    if (context_.cancel_flag) context_.cancel_flag->store(true);
  }
  lock.unlock();
  if (!named) tell(failure);
}

// Without the lock of the run: who is told may write, and stand still where nobody reads.
void Engine::tell(const Failure& failure) {
  const std::lock_guard one_by_one(telling_);
  if (hooks_.failure) hooks_.failure(failure);
}

// The tombstone that takes the item's place.
void Engine::fail_item(Node& node, const ItemId& id, const std::shared_ptr<const Beside>& beside, const std::string& cause, bool dropped,
                       NodeEmit* emit, std::vector<Outgoing>& out) {
  const auto stone = std::make_shared<const Tombstone>(Tombstone{node.plan->name, cause, dropped});
  if (dropped) {
    const Lock lock(mutex_);
    ++node.account.dropped;
  }
  // A lease ends with its item: the tombstone does not carry it on.
  auto plain = beside ? std::make_shared<Beside>(*beside) : std::make_shared<Beside>();
  plain->leases.clear();
  if (node.kind() == Kind::gather) {
    // add() that throws leaves the stage as if the item had not been given: the others are still its members.
    const Lock lock(mutex_);
    if (!node.lost_member) node.lost_member = stone;
    if (node.pending.empty() || node.pending.back().id != id) node.pending.push_back({id, plain->attachments, std::nullopt, std::nullopt});
    node.pending.back().lost = *stone;
  } else if (node.kind() == Kind::expand && node.spec().restores_members) {
    if (emit)
      emit->lose_rest(stone, out);
    else if (beside && beside->members)  // what came in did not fit: nobody was given back yet
      for (const auto& member : *beside->members) append_member(member, stone, out);
  } else if (node.kind() == Kind::expand) {
    // The scope may have members already: one more that is lost, then its end. Without any, the end alone would look
    // like an empty recording.
    out.push_back({-1, Message::lost(id.child(rest_of_scope), stone, plain)});
    out.push_back({-1, Message::end(node.plan->scope, id)});
  } else if (node.kind() != Kind::sink) {
    out.push_back({-1, Message::lost(id, stone, std::move(plain))});
  }
}

}  // namespace tivit::detail
