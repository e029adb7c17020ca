// What the arguments of a graph set.
#include <algorithm>
#include <tivit/checks/draft.hpp>
#include <tivit/checks/settings.hpp>

namespace tivit::checks {

void check_targets(const Draft& draft) {
  const auto of_section = [](const std::vector<ParameterSpec>& settings, std::vector<std::string> names) {
    for (const auto& one : settings) names.push_back(one.name);
    return names;
  };
  const auto known = [](const StageSpec& spec) {
    std::vector<std::string> names;
    for (const auto& one : spec.parameters) names.push_back(one.name);
    for (const auto& one : spec.resources) names.push_back(one.parameter);
    if (spec.kind != Kind::resource) names.insert(names.end(), {"in", "on_error", "concurrency"});
    names.push_back("use");
    return names;
  };
  // Another stage that is chosen in this one's place may bring the parameter; but what is nearly the name of one is a slip.
  const auto check = [&](const std::string& part, const std::string& what, const std::vector<std::string>& names) {
    for (const auto& argument : draft.graph.arguments)
      for (const auto& target : argument.sets) {
        if (argument.applied || !target.starts_with(part + ".")) continue;
        const auto name = target.substr(part.size() + 1);
        const auto near = std::ranges::count(names, name) ? "" : nearest_name(name, names);
        if (near.empty()) continue;
        draft.mistakes.add(argument.origin,
                           "argument \"" + argument.name + "\" sets \"" + target + "\", but " + what + " has no parameter \"" + name + "\"",
                           "did you mean \"" + near + "\"?");
      }
  };
  check("run", "[run]", of_section(run_settings(), {"on_error", "plugins"}));
  check("runtime", "[runtime]", of_section(runtime_settings(), {}));
  const auto text = [](const char* what, const PartText& part, const StageSpec& spec) {
    return std::string(what) + " \"" + part.name + "\" (" + spec.name + ")";
  };
  // graphs/apply.toml runs whatever stage the command line names.
  const auto chosen_elsewhere = [](const PartText& part) { return part.use && part.use->origin.line == 0; };
  for (const auto& stage : draft.stages)
    if (stage.spec && !chosen_elsewhere(*stage.text)) check(stage.text->name, text("stage", *stage.text, *stage.spec), known(*stage.spec));
  for (const auto& part : draft.graph.resources)
    if (const int index = draft.resources.at(part.name); index >= 0) {
      const auto& spec = *draft.plan.resources[index].spec;
      check(part.name, text("resource", part, spec), known(spec));
    }
}

}  // namespace tivit::checks
