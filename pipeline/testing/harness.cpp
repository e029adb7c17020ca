#include <tivit/testing/harness.hpp>

#include <algorithm>
#include <tivit/registry.hpp>

namespace tivit::testing {

namespace {

/// Texts in which "{folder}" stands for a path.
void fill_in(ParameterValue& value, const std::string& folder) {
  if (auto* text = std::get_if<std::string>(&value.value)) {
    static const std::string mark = "{folder}";
    for (std::size_t at = 0; (at = text->find(mark, at)) != std::string::npos; at += folder.size()) text->replace(at, mark.size(), folder);
  } else if (auto* list = std::get_if<ParameterValue::List>(&value.value)) {
    for (auto& one : *list) fill_in(one, folder);
  }
}

}  // namespace

std::shared_ptr<Resource> make_resource(const std::string& use, const Settings& settings) {
  const StageSpec& spec = Registry::instance().find(use);
  if (spec.kind != Kind::resource) throw Error(use + " is no resource", "a Harness is for stages");
  return spec.make_resource([&](const std::function<void(const std::string&, const ParameterValue&)>& set) {
    for (const auto& [name, value] : parameters_of(spec, settings)) set(name, value);
  });
}

Harness::Harness(const std::string& use, Settings settings) : spec_(Registry::instance().find(use)), settings_(std::move(settings)) {
  if (spec_.kind == Kind::resource) throw Error(use + " is a resource", "make_resource() makes it, bind() gives it to a stage");
  for (auto& [name, value] : settings_) fill_in(value, folder_.path().string());
  context.name = "test";
  context.directory = folder_.path();
  context.cancel_flag = std::make_shared<std::atomic<bool>>(false);
  watch_->stage = spec_.make();
  if (spec_.kind != Kind::gather) return;
  const std::string scope = scope_of(spec_, settings_);
  if (scope != "run" && scope != "epoch") inside_ = scope;
}

Harness& Harness::bind(const std::string& parameter, std::shared_ptr<Resource> resource) {
  std::erase_if(resources_, [&](const auto& bound) { return bound.first == parameter; });
  return resources_.emplace_back(parameter, std::move(resource)), *this;
}

Harness& Harness::inside(const std::string& scope) { return inside_ = scope, *this; }

ItemId Harness::next_id() { return inside_.empty() ? ItemId{epoch_, number_++} : ItemId{epoch_, scope_, number_++}; }

Harness& Harness::feed(const Inputs& values) {
  std::vector<std::string> ports;
  std::vector<Payload> payloads;
  for (const auto& [name, payload] : values)
    if (payload) ports.push_back(name), payloads.push_back(payload);
  if (!script_.ports.empty() && script_.ports != ports)
    throw Error("items have values for " + quoted_list(ports) + ", those before them for " + quoted_list(script_.ports),
                "ports are connected for all items or for none");
  script_.ports = ports;
  script_.events.push_back(Event::item(next_id(), std::move(payloads), beside_));
  return *this;
}

Harness& Harness::feed(std::vector<Event> events, std::vector<std::string> ports) {
  script_.ports = std::move(ports);
  script_.events.insert(script_.events.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
  return *this;
}

Harness& Harness::lose(const std::string& cause) {
  script_.events.push_back(Event::lost(next_id(), {"before", cause}));
  return *this;
}

Harness& Harness::end(const std::string& scope) {
  if (scope == "epoch") {
    script_.events.push_back(Event::end(scope, {epoch_++}));
    scope_ = 0;
  } else if (scope == inside_) {
    script_.events.push_back(Event::end(scope, {epoch_, scope_++}));
  } else {
    throw Error("no \"" + scope + "\" is open",
                inside_.empty() ? "say inside(\"" + scope + "\") first" : "items lie inside \"" + inside_ + "\"");
  }
  number_ = 0;
  return *this;
}

std::vector<Event> Harness::run() {
  Script script = std::move(script_);
  script_ = {};
  const bool any =
      std::any_of(script.events.begin(), script.events.end(), [](const Event& event) { return event.kind == Event::Kind::item; });
  if (!any && script.ports.empty())  // connected all the same: ends of scopes come in there
    for (const auto& port : spec_.inputs)
      if (!port.optional) script.ports.push_back(port.name);
  watch_->calls.clear();
  watch_->odd.clear();
  watch_->made.clear();
  for (const auto& event : script.events)
    for (const auto& value : event.values)
      if (value) watch_->made.try_emplace(value.share().get(), value);
  script.stage = name;
  script.leased = leased;
  SmallPlan small(watch_, spec_, settings_, std::move(script));
  small.plan.seed = context.seed;
  small.plan.training = context.training;
  small.plan.threads = context.threads;
  small.plan.threads.pipeline = threads;
  small.tested().on_error = on_error;
  context.threads = small.plan.threads;
  context.epochs = small.plan.epochs;
  for (const auto& [parameter, resource] : resources_) small.bind(parameter, resource);
  small.readings->each = [&](Event& event) {
    const std::lock_guard lock(watch_->mutex);
    for (auto& value : event.values)
      if (const auto own = watch_->made.find(value.share().get()); own != watch_->made.end()) value = own->second;
  };
  context.cancel_flag->store(false);
  RunHooks hooks;
  hooks.clock = clock_;
  Run run(small.plan, context, hooks, small.resources);
  if (small.first_epoch > 0) {
    Snapshot before;
    before.epochs = small.first_epoch;
    run.restore(before);
  }
  run_ = &run;
  try {
    run.execute();
  } catch (...) {
    run_ = nullptr;
    account_ = run.account();
    throw;
  }
  run_ = nullptr;
  account_ = run.account();
  small.complete(account_);
  return std::move(small.readings->events);
}

void Harness::renew() {
  const std::string state = spec_.stateful ? watch_->stage->save_state() : "";
  make(spec_.stateful ? &state : nullptr);
}

void Harness::make(const std::string* state) {
  auto fresh = std::shared_ptr<Stage>(spec_.make());
  for (const auto& [name, value] : parameters_of(spec_, settings_)) fresh->set(name, value);
  for (const auto& [parameter, resource] : resources_) fresh->bind(parameter, resource);
  fresh->open(context);
  if (state) fresh->load_state(*state);
  watch_->stage = std::move(fresh);
  watch_->opened = true;
}

void Harness::cancel() {
  if (run_) run_->cancel();
}

std::vector<Event> Harness::run_or_throw() {
  std::vector<Event> events = run();
  for (const Call& call : watch_->calls)
    if (call.threw) std::rethrow_exception(call.threw);
  if (!account_.failures.empty()) throw Error(account_.failures.front().cause);
  std::erase_if(events, [](const Event& event) { return event.kind != Event::Kind::item; });
  return events;
}

Event Harness::item(const std::vector<Payload>& values) {
  Inputs inputs;
  for (std::size_t i = 0; i < values.size(); ++i) inputs.emplace_back(i < spec_.inputs.size() ? spec_.inputs[i].name : "", values[i]);
  script_ = {};
  feed(inputs);
  watch_->calls_finish = [](const Call&) { return false; };
  const auto ends = std::shared_ptr<void>(nullptr, [this](void*) { watch_->calls_finish = nullptr; });
  const auto events = run_or_throw();
  return events.empty() ? Event{} : events.front();
}

std::vector<Payload> Harness::finish() {
  const auto events = run_or_throw();
  return events.empty() ? std::vector<Payload>{} : events.back().values;
}

}  // namespace tivit::testing
