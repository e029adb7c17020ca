// What checks have in common.
#include <tivit/testing/detail/checks.hpp>

#include <algorithm>
#include <set>
#include <tivit/registry.hpp>

namespace tivit::testing {

Checks::Checks(const Subject& s) : subject(s), spec(Registry::instance().find(s.use)), stream(s), calm(run(stream.events)) {}

bool Checks::fell(const std::string& check, const std::string& when, const Observed& seen, std::uint64_t failures_allowed) {
  const std::size_t before = broken.size();
  if (seen.ended_by) say(check, when + ", the run ended with: " + seen.ended_text);
  for (const auto& odd : seen.odd) say(check, when + ", it " + odd);
  if (seen.account.failures.size() > failures_allowed) {
    const Failure& failure = seen.account.failures[failures_allowed];
    say(check, when + ", it fails on item " + failure.item + ": " + failure.cause);
  }
  return broken.size() > before;
}

// Depth of the ids of the scopes that a gather listens to.
ItemId Checks::scope_around(const ItemId& id) const {
  const std::string scope = scope_of(spec, subject.settings);
  return id.prefix(scope == "run" ? 0 : scope == "epoch" ? 1 : 2);
}

std::vector<Event> Checks::with_loss(const ItemId& id, const Tombstone& why) const {
  auto events = stream.events;
  for (auto& event : events)
    if (event.kind == Event::Kind::item && event.id == id) {
      const Event item = event;
      event = Event::lost(id, why);
      event.attachments = item.attachments;
      event.members = item.members;
    }
  return events;
}

std::vector<Output> Checks::expected_without(const ItemId& id, bool failing, int emitted) const {
  const auto lost = [](const ItemId& one) { return Output{Event::lost(one)}; };
  std::set<ItemId> gone{id};
  if (spec.restores_members) {
    gone.clear();
    for (const auto& event : stream.events)
      if (event.kind == Event::Kind::item && event.id == id && event.members)
        for (const auto& member : *event.members)
          if (!member.alive() || emitted-- <= 0) gone.insert(member.id);
  }
  if (spec.kind == Kind::gather) gone = {scope_around(id)};
  std::vector<Output> expected;
  bool said = false;
  for (const auto& output : calm.outputs) {
    const ItemId& own = output.event.id;
    if (spec.kind == Kind::expand && !spec.restores_members) {
      if (!own.within(id) || (output.event.kind == Event::Kind::item && emitted-- > 0)) {
        expected.push_back(output);
      } else if (!std::exchange(said, true)) {
        expected.push_back(lost(failing ? id.child(rest_of_scope) : id));
        if (failing) expected.push_back({Event::end(spec.scope, id)});
      }
      continue;
    }
    expected.push_back(output.event.kind == Event::Kind::item && gone.contains(own) ? lost(own) : output);
  }
  return expected;
}

std::vector<ItemId> Checks::forgotten(const Observed& seen, const std::vector<ItemId>& given) const {
  std::set<ItemId> known;
  for (const auto& output : seen.outputs) {
    if (output.event.kind == Event::Kind::lost) known.insert(output.event.id);
    if (output.event.members)
      for (const auto& member : *output.event.members) known.insert(member.id);
  }
  std::vector<ItemId> forgotten;
  for (const auto& id : given)
    if (!known.contains(id)) forgotten.push_back(id);
  return forgotten;
}

}  // namespace tivit::testing
