#include <tivit/testing/detail/small_plan.hpp>

#include <algorithm>
#include <tivit/testing/detail/feeder.hpp>

namespace tivit::testing {
namespace {

PlanDomain& at(Plan& plan, int domain) { return plan.domains[static_cast<std::size_t>(domain)]; }

int open(Plan& plan, PlanDomain domain) {
  domain.opener = static_cast<int>(plan.stages.size());
  plan.domains.push_back(std::move(domain));
  return static_cast<int>(plan.domains.size()) - 1;
}

std::vector<std::string> names_of(const std::vector<PortSpec>& ports) {
  std::vector<std::string> names;
  for (const auto& port : ports) names.push_back(port.name);
  return names;
}

}  // namespace

Settings parameters_of(const StageSpec& spec, const Settings& settings) {
  Settings all;
  for (const auto& [name, value] : settings)
    if (!spec.parameter(name)) throw Error(spec.name + " has no parameter \"" + name + "\"");
  for (const auto& parameter : spec.parameters) {
    ParameterValue value = parameter.default_value;
    for (const auto& [name, given] : settings)
      if (name == parameter.name) try {
          value = parameter.checked(given);
        } catch (const Error& error) {
          throw Error("parameter \"" + name + "\" " + error.what());
        }
    if (!value.empty())
      all.emplace_back(parameter.name, value);
    else if (parameter.required)
      throw Error(spec.name + " needs parameter \"" + parameter.name + "\"", "give it among the settings");
  }
  return all;
}

std::string scope_of(const StageSpec& spec, const Settings& settings) {
  if (!spec.scope.starts_with("$")) return spec.scope;
  const std::string name = spec.scope.substr(1);
  const ParameterSpec& parameter = *spec.parameter(name);
  ParameterValue value = parameter.default_value;
  for (const auto& [key, given] : settings)
    if (key == name) value = parameter.checked(given);
  return std::get<std::string>(value.value);
}

SmallPlan::SmallPlan(std::shared_ptr<Watch> watch, const StageSpec& spec, const Settings& settings, Script script) {
  plan.name = "test of " + spec.name;
  const std::string name = script.stage;
  plan.threads.pipeline = 1;
  const std::vector<std::string> ports = script.ports;
  make_domains(script, scope_of(spec, settings), spec.kind == Kind::gather);
  if (spec.kind != Kind::source) feed(std::move(script));
  test(watch, spec, name, settings, ports);
  if (!spec.outputs.empty()) read();
}

int SmallPlan::add(const std::string& name, std::unique_ptr<StageSpec> spec, int producer, int domain) {
  PlanStage stage;
  stage.name = name;
  stage.spec = spec.get();
  stage.on_error.action = OnError::Do::skip;
  for (std::size_t i = 0; i < spec->inputs.size(); ++i)
    stage.inputs.push_back({spec->inputs[i].name, producer, static_cast<int>(i), "", spec->inputs[i].type});
  if (producer >= 0) stage.input_domain = plan.stages[static_cast<std::size_t>(producer)].domain;
  stage.scope = spec->scope;
  stage.domain = domain;
  specs_.push_back(std::move(spec));
  plan.stages.push_back(std::move(stage));
  return static_cast<int>(plan.stages.size()) - 1;
}

// One domain for each depth of the ids that occur. What the script does not name opens "recording".
void SmallPlan::make_domains(const Script& script, const std::string& scope, bool gathers) {
  std::size_t items = 0, members = 0;
  bool any = false;
  std::vector<std::string> opens{"", "run", "epoch"};
  const bool own = gathers && scope != "run" && scope != "epoch";
  const auto deeper = [&](std::size_t depth) {
    while (opens.size() <= depth) opens.push_back(own ? scope : "recording");
  };
  std::uint32_t last_epoch = 0;
  first_epoch = script.events.empty() ? 0 : ~0U;
  for (const auto& event : script.events) {
    const std::uint32_t epoch = event.id.depth() ? event.id[0] : 0;
    first_epoch = std::min(first_epoch, epoch), last_epoch = std::max(last_epoch, epoch);
    if (event.kind == Event::Kind::end) {
      deeper(event.id.depth() + 1);
      opens[event.id.depth() + 1] = event.scope;
      continue;
    }
    any = true;
    items = std::max(items, event.id.depth());
    if (event.members)
      for (const auto& member : *event.members) members = std::max(members, member.id.depth());
  }
  if (!any && own) deeper(3);
  if (!any) items = opens.size() - 1;
  deeper(std::max({items, members, std::size_t{2}}));
  for (std::size_t depth = 0; depth < opens.size(); ++depth) {
    plan.domains.push_back({static_cast<int>(depth), static_cast<int>(depth) - 1, opens[depth], -1, -1});
    by_depth_.push_back(static_cast<int>(depth));
  }
  items_ = by_depth_[items], members_ = by_depth_[members ? members : items];
  plan.epochs = static_cast<int>(last_epoch) + 1;
}

void SmallPlan::feed(Script script) {
  const int source = add("script", script_source(script), -1, by_depth_[2]);
  const int deal = add("deal", script_deal(), source, items_);
  const int join = add("join", script_join(), deal, items_);
  const int hand = add("before", script_hand(script.ports, script.leased), join, items_);
  if (script.leased)
    plan.stages[static_cast<std::size_t>(hand)].resources.emplace_back("lease", hold("lease", std::make_shared<Resource>()));
}

void SmallPlan::test(const std::shared_ptr<Watch>& watch, const StageSpec& spec, const std::string& name, const Settings& settings,
                     const std::vector<std::string>& ports) {
  const int hand = static_cast<int>(plan.stages.size()) - 1;
  stage_ = add(name, std::make_unique<StageSpec>(watched(spec, watch)), hand, -1);
  PlanStage& stage = plan.stages.back();
  stage.parameters = parameters_of(spec, settings);
  stage.scope = scope_of(spec, settings);
  stage.inputs.clear();
  std::size_t fed = 0;
  for (const auto& port : spec.inputs) {
    if (port.many) {
      for (std::size_t i = 0; i < ports.size(); ++i)
        if (std::none_of(spec.inputs.begin(), spec.inputs.end(), [&](const auto& other) { return !other.many && other.name == ports[i]; }))
          stage.inputs.push_back({ports[i], hand, static_cast<int>(i), "", port.type}), ++fed;
      continue;
    }
    const auto found = std::find(ports.begin(), ports.end(), port.name);
    if (found == ports.end() && !port.optional)
      throw Error("input \"" + port.name + "\" of " + spec.name + " is given nothing",
                  "give its items a value for each port that is not optional");
    fed += found != ports.end();
    stage.inputs.push_back({port.name, found == ports.end() ? -1 : hand, static_cast<int>(found - ports.begin()), "", port.type});
  }
  if (fed < ports.size()) {
    std::vector<std::string> unknown = ports;
    std::erase_if(unknown, [&](const auto& name) {
      return std::any_of(stage.inputs.begin(), stage.inputs.end(), [&](const auto& input) { return input.port == name; });
    });
    throw Error(spec.name + " has no inputs " + quoted_list(unknown), "it has " + quoted_list(names_of(spec.inputs)));
  }
  if (spec.kind == Kind::source) stage.input_domain = -1;
  stage.domain = output_domain(stage);
}

int SmallPlan::output_domain(const PlanStage& stage) {
  const StageSpec& spec = *stage.spec;
  if (spec.kind == Kind::source) return by_depth_[2];
  if (spec.kind == Kind::expand)
    return spec.restores_members ? members_ : open(plan, {at(plan, items_).depth + 1, items_, stage.scope, -1, -1});
  if (spec.kind != Kind::gather) return items_;
  int scoped = items_;
  while (scoped >= 0 && at(plan, scoped).opens != stage.scope) scoped = at(plan, scoped).parent;
  if (scoped < 0) throw Error("the items given lie in no scope \"" + stage.scope + "\"", "that is what " + spec.name + " listens to");
  const int parent = at(plan, scoped).parent, depth = at(plan, parent).depth;
  plan.stages.back().scope_depth = depth;
  return spec.one_per_scope ? parent : open(plan, {depth + 1, parent, stage.scope, items_, -1});
}

int SmallPlan::hold(const std::string& name, std::shared_ptr<Resource> resource) {
  plan.resources.push_back({name, nullptr, {}});
  resources.push_back(std::move(resource));
  return static_cast<int>(resources.size()) - 1;
}

void SmallPlan::bind(const std::string& parameter, std::shared_ptr<Resource> resource) {
  tested().resources.emplace_back(parameter, hold(parameter, std::move(resource)));
}

void SmallPlan::read() {
  const PlanStage stage = tested();
  // Snapshots pass a gather of epochs; what stands for an epoch or the run is only whole at the end of the run.
  const bool inside = at(plan, stage.domain).depth >= 2;
  const int parent = inside ? epoch_domain : run_domain;
  const std::string scope = inside ? "epoch" : "run";
  const int domain = open(plan, {at(plan, parent).depth + 1, parent, scope, stage.domain, -1});
  const int read = add("read", reader(names_of(stage.spec->outputs), scope, readings), stage_, domain);
  plan.stages[static_cast<std::size_t>(read)].scope_depth = at(plan, parent).depth;
}

void SmallPlan::complete(const RunAccount& account) {
  if (plan.stages.back().name != "read") return;
  auto lost = std::count_if(readings->events.begin(), readings->events.end(), [](const Event& e) { return e.kind == Event::Kind::lost; });
  for (auto passed = static_cast<std::ptrdiff_t>(account.stages.back().passed); lost < passed; ++lost)
    readings->events.push_back(Event::lost({}, {tested().name, account.failures.empty() ? "" : account.failures.back().cause}));
}

}  // namespace tivit::testing
