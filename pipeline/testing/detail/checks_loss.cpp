// Items that are lost before the stage, or in it.
#include <tivit/testing/detail/checks.hpp>

namespace tivit::testing {
namespace {

bool on_item(const Call& call) { return call.what == "call" || call.what == "add" || call.what == "expand" || call.what == "next"; }

std::string without_values(const std::vector<Output>& expected, const std::vector<Output>& got) {
  auto a = expected, b = got;
  for (auto* list : {&a, &b})
    for (auto& output : *list) output.values.clear(), output.beside.clear();
  return difference(a, b);
}

}  // namespace

void Checks::tombstones() {
  if (spec.kind == Kind::source) return;
  const ItemId lost = stream.middle();
  const Observed seen = run(with_loss(lost));
  const std::string when = "when item " + lost.text() + " is lost before it";
  if (fell("tombstones", when, seen)) return;
  if (gathers_plainly()) {
    for (const auto& id : forgotten(seen, stream.items()))
      if (id != lost) say("tombstones", when + ", nothing comes of item " + id.text());
    return;
  }
  const auto expected = expected_without(lost, false);
  const std::string text = spec.stateful ? without_values(expected, seen.outputs) : difference(expected, seen.outputs);
  if (!text.empty()) say("tombstones", when + ": " + text);
}

void Checks::exception_by(const std::string& how, const ItemId& id, const Observed& seen) {
  const std::string when = "when " + how + " on item " + id.text();
  if (fell("exception", when, seen, 1)) return;
  if (seen.stage().failed != 1)
    return say("exception", when + ", " + std::to_string(seen.stage().failed) + " items fail instead of that one");
  if (spec.kind == Kind::source) return;
  // As if the item had been lost before it, for the same reason.
  const Observed lost = run(with_loss(id, {Script().stage, seen.account.failures.front().cause}));
  std::string text;
  if (gathers_plainly()) {
    text = difference(lost.outputs, seen.outputs);
  } else {
    const auto expected = expected_without(id, true);
    text = spec.stateful ? without_values(expected, seen.outputs) : difference(expected, seen.outputs);
  }
  if (text.empty()) text = difference_beside(lost, seen);
  if (!text.empty()) say("exception", when + ", other items are harmed: " + text);
}

void Checks::exception() {
  const ItemId id = stream.middle();
  const Observed seen = run(stream.events, {1, [&](Harness&, const Call& call, Context&) {
                                              if (on_item(call) && call.id == id) throw Error("something is wrong with this item");
                                            }});
  exception_by("it throws", id, seen);
  if (!subject.refused) return;
  auto events = stream.events;
  for (auto& event : events)
    if (event.kind == Event::Kind::item && event.id == id) {
      const auto members = subject.refused->members ? subject.refused->members : event.members;
      event = Event::item(id, {}, subject.refused->beside);
      event.members = members;
      event.make = subject.refused->make;
      for (const auto& [name, value] : subject.refused->values) event.values.push_back(value);
    }
  exception_by("it is given what it refuses", id, run(events));
}

// The stage is in the middle of its work: it may have begun what it would clear at the end.
void Checks::exception_between() {
  if (spec.kind == Kind::expand)
    for (const int emitted : {0, 1}) thrown_by_emit(emitted);
  if (spec.kind == Kind::gather) scope_broken_by_emit();
}

void Checks::thrown_by_emit(int emitted) {
  const ItemId id = stream.middle();
  bool thrown = false;
  const Observed seen = run(stream.events, {1, nullptr, [&](const Call& call, int before) {
                                              if (call.id != id || before != emitted) return;
                                              thrown = true;
                                              throw Error("this part does not fit");
                                            }});
  if (!thrown) return;
  const std::string when = "when emit() throws on item " + id.text() + " after " + std::to_string(emitted) + " emitted";
  if (fell("exception", when, seen, 1)) return;
  const auto expected = expected_without(id, true, emitted);
  const std::string text = spec.stateful ? without_values(expected, seen.outputs) : difference(expected, seen.outputs);
  if (!text.empty()) say("exception", when + ", other items are harmed: " + text);
}

// Of the scope in which it happens, what is held may be lost; the others are what they always are.
void Checks::scope_broken_by_emit() {
  const ItemId first = scope_around(stream.items().front());
  if (first.depth() == 0) return;
  bool thrown = false;
  const Observed seen = run(stream.events, {1, nullptr, [&](const Call& call, int) {
                                              if (thrown || !call.id.within(first)) return;
                                              thrown = true;
                                              throw Error("this item does not fit");
                                            }});
  if (!thrown) return;
  const std::string when = "when emit() throws in scope " + first.text();
  if (seen.ended_by) return say("exception", when + ", the run ended with: " + seen.ended_text);
  const auto others = [&](const Observed& observed) {
    std::vector<Output> outputs;
    for (const auto& output : observed.outputs)
      if (!output.event.id.within(first)) outputs.push_back(output);
    return outputs;
  };
  const std::string text = spec.stateful ? without_values(others(calm), others(seen)) : difference(others(calm), others(seen));
  if (!text.empty()) say("exception", when + ", other scopes are harmed: " + text);
}

}  // namespace tivit::testing
