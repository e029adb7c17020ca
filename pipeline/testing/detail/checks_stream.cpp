// Items, their order, ends of scopes, and streams without items.
#include <tivit/testing/detail/checks.hpp>

#include <algorithm>

namespace tivit::testing {
namespace {

std::string list_of(const std::vector<ItemId>& ids) {
  std::string text;
  for (const auto& id : ids) text += (text.empty() ? "" : ", ") + id.text();
  return text;
}

std::size_t items_of_epoch(const Observed& seen, std::uint32_t epoch) {
  return static_cast<std::size_t>(std::count_if(seen.outputs.begin(), seen.outputs.end(), [&](const Output& o) {
    return o.event.kind == Event::Kind::item && o.event.id.depth() && o.event.id[0] == epoch;
  }));
}

bool is_end(const Call& call) { return call.what == "finish" || call.what == "scope_end"; }

}  // namespace

bool Checks::items() {
  for (const auto& call : calm.calls)
    if (call.threw && is_end(call)) {
      std::string text;
      try {
        std::rethrow_exception(call.threw);
      } catch (const std::exception& error) {
        text = error.what();
      }
      say("end of scope", "it throws at the end of " + (call.id.depth() ? call.scope + " " + call.id.text() : "the run") + ": " + text);
      return false;
    }
  return !fell("items", "with nothing but good items", calm);
}

void Checks::order() {
  const Observed again = run(stream.events);
  std::string text = difference(calm, again);
  if (!text.empty()) return say("order", "two runs alike do not give the same: " + text);
  if (spec.kind == Kind::gather || spec.kind == Kind::source || spec.kind == Kind::sink || spec.stateful) return;
  // One item among others is what it is alone.
  const ItemId one = stream.items().at(stream.items().size() - 1);
  const Observed alone = run(stream.without([&](const Event& event) { return event.kind == Event::Kind::item && event.id != one; }));
  const auto of_one = [&](const Observed& seen) {
    std::vector<Output> outputs;
    for (const auto& output : seen.outputs)
      if (output.event.id.within(one) || spec.restores_members) outputs.push_back(output);
    return outputs;
  };
  auto among = of_one(calm);
  const auto by_itself = of_one(alone);
  if (spec.restores_members)
    std::erase_if(among, [&](const Output& o) {
      return std::none_of(by_itself.begin(), by_itself.end(), [&](const Output& other) {
        return other.event.id == o.event.id && (other.event.kind == Event::Kind::end) == (o.event.kind == Event::Kind::end);
      });
    });
  text = difference(by_itself, among);
  if (!text.empty()) say("order", "item " + one.text() + " gives something else alone than after other items: " + text);
}

void Checks::end_of_scope() {
  if (spec.kind == Kind::source) {
    const std::size_t first = items_of_epoch(calm, 0), second = items_of_epoch(calm, 1);
    if (first > 0 && second == 0)
      say("end of scope",
          "it makes " + std::to_string(first) + " items in the first epoch and none in the second");  // it has to begin anew
    if (calm.expected && *calm.expected != static_cast<std::int64_t>(first))
      say("end of scope", "it expects " + std::to_string(*calm.expected) + " items an epoch and makes " + std::to_string(first));
    return;
  }
  if (spec.kind != Kind::gather) return;
  if (gathers_plainly()) {
    const auto lost = forgotten(calm, stream.items());
    if (!lost.empty()) say("end of scope", "nothing came of items " + list_of(lost) + ": what is held when a scope ends must be emitted");
  } else {
    for (const auto& output : calm.outputs)
      if (output.event.kind == Event::Kind::lost && std::any_of(stream.events.begin(), stream.events.end(), [&](const Event& event) {
            return event.kind == Event::Kind::item && event.id.within(output.event.id);
          }))
        say("end of scope", "nothing came of scope " + output.event.id.text() + ", which has items: emit once in finish()");
  }
  // What one scope held is not in the next.
  const ItemId first = scope_around(stream.items().front());
  if (first.depth() == 0) return;
  const Observed without =
      run(stream.without([&](const Event& event) { return event.kind == Event::Kind::item && event.id.within(first); }));
  const auto others = [&](const Observed& seen) {
    std::vector<Output> outputs;
    for (const auto& output : seen.outputs)
      if (!output.event.id.within(first)) outputs.push_back(output);
    return outputs;
  };
  if (fell("end of scope", "when scope " + first.text() + " is empty", without)) return;
  const std::string text = difference(others(without), others(calm));
  if (!text.empty()) say("end of scope", "what comes of a scope depends on the scope before it: " + text);
}

void Checks::empty_input() {
  if (spec.kind == Kind::source) return;
  const Observed seen = run(stream.without([](const Event& event) { return event.kind != Event::Kind::end; }));
  if (subject.needs_items) {
    if (!seen.ended_by && seen.account.failures.empty()) say("empty input", "it needs items, and says nothing when none come");
    return;
  }
  if (fell("empty input", "without items", seen)) return;
  std::size_t items = 0, scopes = 0;
  for (const auto& output : seen.outputs) items += output.event.kind == Event::Kind::item ? 1 : 0;
  for (const auto& call : seen.calls) scopes += call.what == "finish" ? 1 : 0;
  if (items > scopes) say("empty input", std::to_string(items) + " items come out of a stream that has none");
}

}  // namespace tivit::testing
