#include <set>
#include <tivit/checks/draft.hpp>

namespace tivit::checks {
namespace {

void bind(DraftStage& stage, const ResourceUse& use, const Value& value, Draft& draft) {
  const std::string what = "stage \"" + stage.text->name + "\"";
  if (!value.string())
    return draft.mistakes.add(value.origin, what + ": \"" + use.parameter + "\" names a resource, and is " + value.kind(),
                              "write the name under which it stands in [resources]");
  const std::string& name = *value.string();
  const auto found = draft.resources.find(name);
  if (found == draft.resources.end()) {
    std::vector<std::string> known;
    for (const auto& [one, index] : draft.resources) known.push_back(one);
    return draft.mistakes.unknown(value.origin, "there is no resource \"" + name + "\"", name, known, "add [resources." + name + "]");
  }
  if (found->second < 0) return;
  const StageSpec& resource = *draft.plan.resources[found->second].spec;
  if (resource.interface != use.interface)
    return draft.mistakes.add(value.origin,
                              "resource \"" + name + "\" (" + resource.name + ") is a \"" + resource.interface + "\", and " + what + " (" +
                                  stage.spec->name + ") needs a \"" + use.interface + "\"",
                              "name another resource, or change its \"use\"");
  stage.plan.resources.emplace_back(use.parameter, found->second);
}

/// Whether an argument of the graph sets several resources, this one among them: a user chooses one of them, or none.
bool only_offered(const std::string& resource, const GraphText& graph) {
  const auto sets = [](const ArgumentText& argument, const std::string& name) {
    return std::any_of(argument.sets.begin(), argument.sets.end(), [&](const auto& one) { return one.starts_with(name + "."); });
  };
  return std::any_of(graph.arguments.begin(), graph.arguments.end(), [&](const ArgumentText& argument) {
    const auto other = [&](const PartText& part) { return part.name != resource && sets(argument, part.name); };
    return sets(argument, resource) && std::any_of(graph.resources.begin(), graph.resources.end(), other);
  });
}

}  // namespace

void bind_resources(Draft& draft) {
  std::set<std::string> named(draft.shared.begin(), draft.shared.end());
  for (auto& stage : draft.stages) {
    for (const auto& [name, origin, value] : stage.text->parameters)
      if (value.string()) named.insert(*value.string());
    if (!stage.spec) continue;
    for (const auto& use : stage.spec->resources) {
      const Value* value = nullptr;
      for (const auto& [name, origin, one] : stage.text->parameters)
        if (name == use.parameter) value = &one;
      if (value && !value->bad()) bind(stage, use, *value, draft);
      if (!value && !use.optional)
        draft.mistakes.add(stage.text->origin,
                           "stage \"" + stage.text->name + "\" (" + stage.spec->name + ") lacks \"" + use.parameter +
                               "\", the name of a resource (\"" + use.interface + "\")",
                           "add " + use.parameter + " = \"NAME\" and [resources.NAME]");
    }
  }
  for (const auto& part : draft.graph.resources)
    if (!named.count(part.name) && !only_offered(part.name, draft.graph))
      draft.plan.warnings.push_back(part.origin.text() + ": no stage uses resource \"" + part.name + "\"");
}

}  // namespace tivit::checks
