#include <tivit/testing/recorded.hpp>

#include <algorithm>
#include <tivit/registry.hpp>
#include <tivit/testing/detail/output.hpp>
#include <tivit/testing/detail/recorded_stream.hpp>

namespace tivit::testing {
namespace {

const StageSpec& spec_of(const RecordedMaking& making, const std::filesystem::path& folder) {
  const StageSpec* spec = Registry::instance().lookup(making.use);
  if (!spec)
    throw Error("\"" + making.use + "\" was recorded, and nothing here provides it",
                making.origin == "built in" ? "link the area that has it" : "load the plugin that brings it: " + making.origin,
                folder.string());
  return *spec;
}

}  // namespace

Recorded::Recorded(const std::filesystem::path& folder) {
  Recording recording(folder);
  const auto content = std::make_shared<Content>();
  content->about = recording.about();
  const StageSpec& spec = spec_of(content->about, folder);
  for (const auto& [parameter, resource] : content->about.resources) spec_of(resource, folder);
  content->state = recording.state();
  RecordedStream stream(spec, content->about.name);
  std::size_t calls = 0;
  for (; auto call = recording.next(); ++calls) stream.add(std::move(*call));
  if (const auto missing = recording.cut_short(); !missing.empty())
    throw Error("the recording is cut short: " + missing, "record the stage again", folder.string());
  if (calls == 0) throw Error("no call of the stage was recorded", "record a run that reaches it", folder.string());
  try {
    stream.read(content->events, content->made, content->ports);
  } catch (const Error& error) {
    throw error.located(folder.string());
  }
  content_ = content;
}

void Recorded::Content::prepare(Harness& harness) const {
  harness.name = about.name;
  harness.context.seed = about.seed;
  harness.context.training = about.training;
  harness.context.device = about.device;
  harness.context.precision = about.precision;
  for (const auto& [parameter, making] : about.resources) {
    const auto resource = make_resource(making.use, making.parameters);
    resource->open(harness.context);
    if (const auto saved = state.resources.find(parameter); saved != state.resources.end()) resource->load_state(saved->second);
    harness.bind(parameter, resource);
  }
  if (const auto saved = state.stages.find("stage"); saved != state.stages.end()) harness.begin_with(saved->second);
}

std::string Recorded::difference(const std::vector<Event>& events) const {
  std::vector<std::string> ports;
  for (const auto& port : Registry::instance().find(use()).outputs) ports.push_back(port.name);
  const auto outputs = [&](const std::vector<Event>& from) {
    std::vector<Output> all;
    for (const auto& event : from)
      if (event.kind != Event::Kind::end) all.push_back(written(event, ports));
    return all;
  };
  return testing::difference(outputs(made()), outputs(events));
}

Subject Recorded::subject() const {
  std::vector<const Event*> items;
  for (const auto& event : events())
    if (event.kind == Event::Kind::item) items.push_back(&event);
  Subject subject{use(), settings()};
  subject.prepare = [content = content_](Harness& harness) {
    content->prepare(harness);
    harness.name = Script().stage;
  };
  if (items.empty()) return subject;
  subject.items = [content = content_, items](std::size_t number) {
    const Event& event = *items[number % items.size()];
    Given given{{}, event.attachments, event.members};
    for (std::size_t i = 0; i < event.values.size(); ++i) given.values.emplace_back(content->ports[i], event.values[i]);
    if (given.members) given.members = renumbered(*given.members, number < Subject().items_per_epoch ? 0 : 1, number);
    return given;
  };
  return subject;
}

Harness& Harness::feed(const Recorded& recorded) {
  if (recorded.use() != spec_.name)
    throw Error("what was recorded is a stage \"" + recorded.use() + "\", this one is a \"" + spec_.name + "\"",
                "make the harness of recorded.use()");
  recorded.prepare(*this);
  return feed(recorded.events(), recorded.ports());
}

}  // namespace tivit::testing
