#include <tivit/checks/draft.hpp>

namespace tivit::checks {
namespace {

/// The part's own objections, each at the parameter it is about. What stands in the way of several parts is told once: `told`.
void ask(const PartText& part, const std::string& what, const StageSpec& spec,
         const std::vector<std::pair<std::string, ParameterValue>>& values, Mistakes& mistakes, std::set<std::string>& told) {
  if (!spec.faults) return;
  for (const auto& parameter : part.parameters)
    if (parameter.value.bad()) return;  // known to be wrong already
  const Faults faults = spec.faults([&](const auto& set) {
    for (const auto& [name, value] : values) set(name, value);
  });
  for (const auto& [parameter, error] : faults.list()) {
    const Value* given = find(part.parameters, parameter);
    if (!told.insert(error.what()).second && !error.where().empty()) continue;
    mistakes.add(given ? given->origin : part.origin, error,
                 what + ", parameter \"" + parameter + "\": " + (error.where().empty() ? "" : error.where() + ": "));
  }
}

}  // namespace

void ask_parts(Draft& draft) {
  if (!draft.graph.files_must_exist) return;
  std::set<std::string> told;
  for (const auto& stage : draft.stages)
    if (stage.spec && stage.sound)
      ask(*stage.text, "stage \"" + stage.text->name + "\"", *stage.spec, stage.plan.parameters, draft.mistakes, told);
  for (const auto& part : draft.graph.resources) {
    const int index = draft.resources.at(part.name);
    if (index < 0 || draft.is_shared(part.name) || draft.unsound_resources.count(index)) continue;
    const PlanResource& resource = draft.plan.resources[index];
    ask(part, "resource \"" + part.name + "\"", *resource.spec, resource.parameters, draft.mistakes, told);
  }
}

}  // namespace tivit::checks
