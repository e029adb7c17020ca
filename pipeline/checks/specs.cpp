#include <tivit/checks/draft.hpp>
#include <tivit/registry.hpp>

namespace tivit::checks {
namespace {

/// Names of stages, or of resources.
std::vector<std::string> names_of(bool resources) {
  std::vector<std::string> names;
  for (const auto& name : Registry::instance().names())
    if ((Registry::instance().lookup(name)->kind == Kind::resource) == resources) names.push_back(name);
  return names;
}

const StageSpec* look_up(const PartText& part, bool resource, Mistakes& mistakes) {
  if (!part.use || part.use->bad()) return nullptr;
  const std::string& name = *part.use->string();
  const std::string what = resource ? "resource" : "stage";
  const StageSpec* spec = Registry::instance().lookup(name);
  if (!spec) {
    const std::string near = nearest_name(name, names_of(resource));
    mistakes.add(part.use->origin, "there is no " + what + " \"" + name + "\"",
                 near.empty() ? "`tivit-run list` shows all there are" : "did you mean \"" + near + "\"?");
    return nullptr;
  }
  if (!spec->problems.empty()) {
    mistakes.add(part.use->origin, "\"" + name + "\" cannot be used: " + spec->problems.front(), "mend its contract");
    return nullptr;
  }
  if ((spec->kind == Kind::resource) != resource) {
    mistakes.add(part.use->origin, "\"" + name + "\" is a " + std::string(kind_name(spec->kind)) + ", not a " + what,
                 resource ? "write it as [stages." + part.name + "]" : "write it as [resources." + part.name + "]");
    return nullptr;
  }
  return spec;
}

}  // namespace

void find_specs(Draft& draft) {
  for (const auto& part : draft.graph.resources) {
    const StageSpec* spec = look_up(part, true, draft.mistakes);
    draft.resources[part.name] = spec ? static_cast<int>(draft.plan.resources.size()) : -1;
    if (!spec) continue;
    PlanResource resource;
    resource.name = part.name;
    resource.spec = spec;
    draft.plan.resources.push_back(std::move(resource));
  }
  for (const auto& part : draft.graph.stages) {
    DraftStage stage;
    stage.text = &part;
    stage.spec = look_up(part, false, draft.mistakes);
    stage.plan.name = part.name;
    stage.plan.spec = stage.spec;
    draft.stages.push_back(std::move(stage));
    if (draft.resources.count(part.name))
      draft.mistakes.add(part.origin, "\"" + part.name + "\" is the name of a stage and of a resource", "give one of them another name");
  }
  if (draft.graph.stages.empty() && !draft.mistakes.incomplete())
    draft.mistakes.add({draft.graph.file}, "the graph has no stages", "add [stages.NAME] with use = \"area/name\"");
}

}  // namespace tivit::checks
