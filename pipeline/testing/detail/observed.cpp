#include <tivit/testing/detail/observed.hpp>

#include <algorithm>
#include <tivit/mix.hpp>
#include <tivit/registry.hpp>
#include <tivit/testing/detail/untouched.hpp>
#include <tivit/testing/values.hpp>

namespace tivit::testing {
namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
}

std::vector<std::string> names_of(const std::vector<PortSpec>& ports) {
  std::vector<std::string> names;
  for (const auto& port : ports) names.push_back(port.name);
  return names;
}

Given made_up(const StageSpec& spec, const Settings& settings, std::size_t number) {
  Given given;
  Symbols symbols;
  for (const auto& parameter : spec.parameters) {
    ParameterValue value = parameter.default_value;
    for (const auto& [name, set] : settings)
      if (name == parameter.name) value = parameter.checked(set);
    if (const auto* size = std::get_if<std::int64_t>(&value.value)) symbols[parameter.name] = *size;
  }
  std::uint64_t seed = mixed(number);
  for (const auto& port : spec.inputs) {
    if (port.optional) continue;
    for (const auto& name : port.many ? std::vector<std::string>{"first", "second"} : std::vector{port.name}) try {
        given.values.emplace_back(name, make_up({port.type, symbols, seed = mixed(seed)}));
      } catch (const Error& error) {
        throw Error(error.problem(), error.remedy(), spec.name + ", input \"" + port.name + "\"");
      }
  }
  given.beside.set(TimeGrid::from_rate(20));
  given.beside.set(SourceName{"clip" + std::to_string(number)});
  return given;
}

}  // namespace

Items::Items(std::vector<Given> list) : at([list = std::move(list)](std::size_t number) { return list.at(number % list.size()); }) {}

Stream::Stream(const Subject& subject) {
  const StageSpec& spec = Registry::instance().find(subject.use);
  const auto item = [&](const ItemId& id) {
    const auto number =
        static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const Event& e) { return e.kind == Event::Kind::item; }));
    const Given given = subject.items.at ? subject.items.at(number) : made_up(spec, subject.settings, number);
    std::vector<std::string> names;
    Event event = Event::item(id, {}, given.beside);
    for (const auto& [name, value] : given.values) {
      names.push_back(name);
      event.values.push_back(value);
    }
    if (!events.empty() && number > 0 && names != ports) throw Error("items of " + spec.name + " have values for different ports");
    ports = names;
    event.members = given.members;
    event.make = given.make;
    events.push_back(std::move(event));
  };
  const std::string scope = spec.kind == Kind::gather ? scope_of(spec, subject.settings) : "epoch";
  const bool inner = scope != "run" && scope != "epoch";
  for (std::uint32_t epoch = 0; epoch < 2; ++epoch) {
    const auto items = static_cast<std::uint32_t>(subject.items_per_epoch) - epoch;
    if (spec.kind != Kind::source)
      for (std::uint32_t s = 0; s < (inner ? 3U : 1U); ++s) {  // the second of three inner ones is empty
        for (std::uint32_t i = 0; i < items && s != 1; ++i) item(inner ? ItemId{epoch, s, i} : ItemId{epoch, i});
        if (inner) events.push_back(Event::end(scope, {epoch, s}));
      }
    events.push_back(Event::end("epoch", {epoch}));
  }
}

std::vector<ItemId> Stream::items() const {
  std::vector<ItemId> ids;
  for (const auto& event : events)
    if (event.kind == Event::Kind::item) ids.push_back(event.id);
  return ids;
}

ItemId Stream::middle() const {
  const auto ids = items();
  return ids.empty() ? ItemId{0, 1} : ids[std::min<std::size_t>(2, ids.size() - 1)];
}

std::vector<Event> Stream::without(const std::function<bool(const Event&)>& left_out) const {
  std::vector<Event> rest;
  for (const auto& event : events)
    if (!left_out(event)) rest.push_back(event);
  return rest;
}

const StageAccount& Observed::stage() const {
  return *std::find_if(account.stages.begin(), account.stages.end(), [](const auto& one) { return one.stage == Script().stage; });
}

const Output* Observed::find(const ItemId& id) const {
  const auto found =
      std::find_if(outputs.begin(), outputs.end(), [&](const Output& o) { return o.event.kind != Event::Kind::end && o.event.id == id; });
  return found == outputs.end() ? nullptr : &*found;
}

std::unique_ptr<Harness> make_harness(const Subject& subject) {
  auto harness = std::make_unique<Harness>(subject.use, subject.settings);
  harness->context.seed = 7;
  if (subject.prepare) subject.prepare(*harness);
  return harness;
}

Observed observe(const Subject& subject, const std::vector<Event>& events, const std::vector<std::string>& ports,
                 const Disturbance& disturbance) {
  const auto harness = make_harness(subject);
  harness->threads = disturbance.threads;
  if (disturbance.before)
    harness->watch().before = [&](const Call& call, Context& context) { disturbance.before(*harness, call, context); };
  harness->watch().emits = disturbance.emits;
  Untouched given;
  harness->feed(given.watch(events, ports), ports);
  Observed seen;
  std::vector<Event> out;
  try {
    out = harness->run();
  } catch (const std::exception& error) {
    seen.ended_by = std::current_exception();
    seen.ended_text = error.what();
  }
  seen.calls = harness->calls();
  seen.odd = harness->watch().odd;
  for (auto& words : given.changed()) seen.odd.push_back(std::move(words));
  seen.account = harness->account();
  seen.expected = harness->stage().expected();
  const std::string folder = harness->folder().path().string(), nowhere(folder.size(), '~');
  for (auto& event : out) {
    seen.outputs.push_back(written(std::move(event), names_of(harness->spec().outputs)));
    // Of the same length, or the bytes could not be read any more.
    for (auto& value : seen.outputs.back().values) replace_all(value.bytes, folder, nowhere);
    for (auto& beside : seen.outputs.back().beside) replace_all(beside.second, folder, nowhere);
  }
  seen.files = harness->folder().files();
  for (auto& [name, bytes] : seen.files) replace_all(bytes, folder, "{folder}");
  seen.figures = harness->context.figures();
  return seen;
}

namespace {

std::string difference(const std::map<std::string, std::string>& expected, const std::map<std::string, std::string>& got) {
  for (const auto& [name, bytes] : expected) {
    const auto found = got.find(name);
    if (found == got.end()) return "file " + name + " is not written";
    if (found->second != bytes) return "file " + name + " has other bytes";
  }
  for (const auto& [name, bytes] : got)
    if (!expected.contains(name)) return "file " + name + " is written, too";
  return "";
}

}  // namespace

std::string difference_beside(const Observed& expected, const Observed& got) {
  const std::string text = difference(expected.files, got.files);
  return text.empty() ? difference(expected.figures, got.figures) : text;
}

std::string difference(const Observed& expected, const Observed& got) {
  const std::string text = difference(expected.outputs, got.outputs);
  return text.empty() ? difference_beside(expected, got) : text;
}

}  // namespace tivit::testing
