#include <tivit/testing/detail/recorded_stream.hpp>

#include <algorithm>

namespace tivit::testing {
namespace {

using Outcome = RecordedCall::Outcome;

/// Items by their ids, and the end of a scope behind all that lies in it.
bool earlier(const Event& a, const Event& b) {
  const bool ends_a = a.kind == Event::Kind::end, ends_b = b.kind == Event::Kind::end;
  if (ends_b && a.id.within(b.id)) return !ends_a || a.id != b.id;
  if (ends_a && b.id.within(a.id)) return false;
  return a.id < b.id;
}

Attachments carried(const Attachments& came, const RecordedCall::Output& output) {
  Attachments all = came;
  all.overlay(attachments_of(output.set));
  return all;
}

std::vector<Payload> values_of(const RecordedCall::Output& output) {
  std::vector<Payload> values;
  for (const auto& value : output.values) values.push_back(value.payload());
  return values;
}

Event lost(const ItemId& id, const RecordedCall& call, const std::string& stage) {
  return Event::lost(id, {stage, call.cause, call.outcome == Outcome::dropped});
}

}  // namespace

void RecordedStream::read(std::vector<Event>& events, std::vector<Event>& made, std::vector<std::string>& ports) {
  for (const auto& call : calls_) {
    given(call, events, ports);
    made_by(call, made);
  }
  for (auto* stream : {&events, &made}) std::stable_sort(stream->begin(), stream->end(), earlier);
  // A failed item is a lost member as well, and a scope's end may be seen more than once.
  const auto same = [](const Event& a, const Event& b) {
    return a.id == b.id && (a.kind == Event::Kind::end) == (b.kind == Event::Kind::end);
  };
  events.erase(std::unique(events.begin(), events.end(), same), events.end());
}

void RecordedStream::given(const RecordedCall& call, std::vector<Event>& events, std::vector<std::string>& ports) const {
  const bool ends = call.what == RecordedCall::What::finish || call.what == RecordedCall::What::scope_end;
  if (call.what == RecordedCall::What::next) {
    if (call.outcome == Outcome::ended) events.push_back(Event::end("epoch", call.id.prefix(1)));
    return;
  }
  if (ends) {
    if (call.scope.id.depth() > 0) events.push_back(Event::end(call.scope.kind, call.scope.id));
    for (const auto& member : call.members.value_or(Members()))
      if (member.scope_end)
        events.push_back(Event::end(member.scope_end->kind, member.scope_end->id));
      else if (member.lost)
        events.push_back(Event::lost(member.id, *member.lost)), events.back().attachments = member.attachments;
    return;
  }
  std::vector<std::string> names;
  Event event = Event::item(call.id, {}, attachments_of(call.beside));
  for (const auto& [port, value] : call.inputs)
    if (!value.type.empty()) names.push_back(port), event.values.push_back(value.payload());
  if (!ports.empty() && names != ports) throw Error(call.name() + " came to other ports than those before it", "record the stage again");
  ports = std::move(names);
  if (call.members) event.members = std::make_shared<const Members>(*call.members);
  events.push_back(std::move(event));
}

Scope RecordedStream::scope_of(const RecordedCall& call) const {
  if (call.what == RecordedCall::What::finish) return call.scope;
  for (const auto& other : calls_)
    if (other.what == RecordedCall::What::finish && call.id.within(other.scope.id)) return other.scope;
  return {"", call.id.prefix(call.id.depth() - 1)};  // a run that was stopped before its end
}

void RecordedStream::made_by(const RecordedCall& call, std::vector<Event>& made) {
  const Attachments came = attachments_of(call.beside);
  const auto item = [&](const ItemId& id, const RecordedCall::Output& output, const Attachments& beside) {
    made.push_back(Event::item(id, values_of(output), carried(beside, output)));
  };
  const bool done = call.outcome == Outcome::done;
  if (spec_.kind == Kind::sink || call.outcome == Outcome::ended || call.what == RecordedCall::What::scope_end) return;
  if (spec_.kind == Kind::gather) {
    const Scope scope = scope_of(call);
    const Members members = call.members.value_or(Members());
    const auto gone = std::find_if(members.begin(), members.end(), [](const Member& member) { return member.lost.has_value(); });
    const bool finishes = call.what == RecordedCall::What::finish;
    if (spec_.one_per_scope) {
      if (finishes && gone != members.end())
        made.push_back(Event::lost(scope.id, *gone->lost));
      else if (finishes && (!done || call.outputs.empty()))
        made.push_back(lost(scope.id, call, name_));
      else if (!call.outputs.empty() && call.outputs.front().refused.empty())
        item(scope.id, call.outputs.front(), came);
      return;
    }
    for (const auto& output : call.outputs)
      if (output.refused.empty()) item(scope.id.child(numbers_[scope.id]++), output, came);
    if (finishes && !done && !members.empty()) made.push_back(lost(scope.id.child(numbers_[scope.id]), call, name_));
  } else if (spec_.restores_members) {
    std::size_t next = 0;
    for (const auto& member : call.members.value_or(Members()))
      if (member.lost)
        made.push_back(Event::lost(member.id, *member.lost));
      else if (!member.scope_end && next < call.outputs.size() && call.outputs[next].refused.empty())
        item(member.id, call.outputs[next++], member.attachments);
      else if (!member.scope_end)
        made.push_back(lost(member.id, call, name_));
  } else if (spec_.kind == Kind::expand) {
    for (std::uint32_t i = 0; i < call.outputs.size(); ++i)
      if (call.outputs[i].refused.empty()) item(call.id.child(i), call.outputs[i], came);
    if (!done) made.push_back(lost(call.id.child(rest_of_scope), call, name_));
  } else if (done) {
    item(call.id, call.outputs.front(), came);
  } else {
    made.push_back(lost(call.id, call, name_));
  }
}

std::shared_ptr<const Members> renumbered(const Members& members, std::uint32_t epoch, std::size_t number) {
  const auto moved = [&](const ItemId& id) {
    ItemId other{epoch, id[1] + static_cast<std::uint32_t>(number << 20)};
    for (std::size_t i = 2; i < id.depth(); ++i) other = other.child(id[i]);
    return other;
  };
  auto all = std::make_shared<Members>(members);
  for (auto& member : *all) {
    if (member.scope_end && member.scope_end->id.depth() > 1) member.scope_end->id = moved(member.scope_end->id);
    if (!member.scope_end) member.id = moved(member.id);
  }
  return all;
}

}  // namespace tivit::testing
