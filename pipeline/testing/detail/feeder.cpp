#include <tivit/testing/detail/feeder.hpp>

#include <deque>

namespace tivit::testing {
namespace {

/// The living items of one epoch.
struct Part {
  std::vector<std::shared_ptr<const Event>> items;
};
struct Handed {
  std::shared_ptr<const Event> event;
};

}  // namespace
}  // namespace tivit::testing

template <>
struct tivit::PortTraits<tivit::testing::Part> {
  static constexpr std::string_view name = "part of a script";
  static std::size_t bytes(const tivit::testing::Part&) { return 0; }
};
template <>
struct tivit::PortTraits<tivit::testing::Handed> {
  static constexpr std::string_view name = "event of a script";
  static std::size_t bytes(const tivit::testing::Handed&) { return 0; }
};

namespace tivit::testing {
namespace {

/// A stage without parameters.
struct Bare : Stage {
  void set(const std::string&, const ParameterValue&) override {}
  void bind(const std::string&, const std::shared_ptr<Resource>&) override {}
};

struct EpochPart {
  Part living;
  std::shared_ptr<Members> members = std::make_shared<Members>();
};

struct Source final : Bare {
  explicit Source(const Script& script) {
    for (const auto& event : script.events) {
      if (event.kind == Event::Kind::end && (event.scope == "run" || event.scope == "epoch")) continue;
      EpochPart& part = parts[event.id.depth() ? event.id[0] : 0];
      Member member{event.id, event.attachments, std::nullopt, std::nullopt};
      if (event.kind == Event::Kind::lost && !event.members) member.lost = event.tombstone;
      if (event.kind == Event::Kind::end) member.scope_end = Scope{event.scope, event.id};
      if (event.kind != Event::Kind::end && !member.lost) part.living.items.push_back(std::make_shared<const Event>(event));
      part.members->push_back(std::move(member));
    }
  }
  std::optional<std::vector<Payload>> next(Context& context) override {
    const auto found = parts.find(context.id()[0]);
    if (context.id().back() > 0 || found == parts.end()) return std::nullopt;
    context.members_ = found->second.members;
    return std::vector{Payload::of(found->second.living)};
  }
  std::map<std::uint32_t, EpochPart> parts;
};

struct Deal final : Bare {
  void expand(const Inputs& inputs, Emit& emit, Context&) override {
    for (const auto& event : inputs[0].second.as<Part>().items) emit.put({Payload::of(Handed{event})});
  }
};

struct Join final : Bare {
  std::vector<Payload> call(const Inputs& inputs, Context& context) override {
    context.members_ = inputs[0].second.as<Handed>().event->members;
    return {inputs[0].second};
  }
};

struct Hand final : Bare {
  std::vector<Payload> call(const Inputs& inputs, Context&) override {
    const Event& event = *inputs[0].second.as<Handed>().event;
    if (event.kind == Event::Kind::lost) throw Dropped(event.tombstone.cause);
    return event.make ? event.make() : event.values;
  }
};

struct Reader final : Bare {
  explicit Reader(std::shared_ptr<Readings> to) : readings(std::move(to)) {}
  void add(const Inputs& inputs, Emit&, Context& context) override {
    Event event = Event::item(context.id(), {}, context.in_);
    for (const auto& [name, payload] : inputs) event.values.push_back(payload);
    event.members = context.members_;
    if (readings->each) readings->each(event);
    living.push_back(std::move(event));
  }
  void finish(Emit&, Context& context) override {
    for (const Member& member : *context.members()) {
      if (member.scope_end) {
        readings->events.push_back(Event::end(member.scope_end->kind, member.scope_end->id));
      } else if (member.lost) {
        readings->events.push_back(Event::lost(member.id, *member.lost));
        readings->events.back().attachments = member.attachments;
      } else {
        readings->events.push_back(std::move(living.front()));
        living.pop_front();
      }
    }
    readings->events.push_back(Event::end(context.scope().kind, context.scope().id));
  }
  std::shared_ptr<Readings> readings;
  std::deque<Event> living;
};

PortSpec any(const std::string& name) {
  PortSpec port;
  port.name = name;
  return port;
}

std::unique_ptr<StageSpec> spec_of(const char* name, Kind kind, std::function<std::unique_ptr<Stage>()> make) {
  auto spec = std::make_unique<StageSpec>();
  spec->name = name;
  spec->kind = kind;
  spec->make = std::move(make);
  return spec;
}

}  // namespace

std::unique_ptr<StageSpec> script_source(const Script& script) {
  auto spec = spec_of("testing/script", Kind::source, [script] { return std::make_unique<Source>(script); });
  spec->outputs = {any("part")};
  return spec;
}

std::unique_ptr<StageSpec> script_deal() {
  auto spec = spec_of("testing/deal", Kind::expand, [] { return std::make_unique<Deal>(); });
  spec->restores_members = true;
  spec->inputs = {any("part")};
  spec->outputs = {any("event")};
  return spec;
}

std::unique_ptr<StageSpec> script_join() {
  auto spec = spec_of("testing/join", Kind::map, [] { return std::make_unique<Join>(); });
  spec->inputs = {any("event")};
  spec->outputs = {any("event")};
  return spec;
}

std::unique_ptr<StageSpec> script_hand(const std::vector<std::string>& ports, bool leased) {
  auto spec = spec_of("testing/hand", Kind::map, [] { return std::make_unique<Hand>(); });
  spec->inputs = {any("event")};
  for (const auto& port : ports) spec->outputs.push_back(any(port));
  if (leased) spec->resources.push_back({"lease", "", true});
  return spec;
}

std::unique_ptr<StageSpec> reader(const std::vector<std::string>& ports, const std::string& scope,
                                  const std::shared_ptr<Readings>& readings) {
  auto spec = spec_of("testing/reader", Kind::gather, [readings] { return std::make_unique<Reader>(readings); });
  spec->scope = scope;
  for (const auto& port : ports) spec->inputs.push_back(any(port));
  return spec;
}

}  // namespace tivit::testing
