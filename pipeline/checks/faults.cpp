#include <algorithm>
#include <set>
#include <tivit/checks/draft.hpp>
#include <tivit/detail/foreign.hpp>

namespace tivit::checks {
namespace {

/// The part's own objections, each at the parameter it is about. What stands in the way of several parts is told once: `told`.
void ask(const PartText& part, const std::string& what, const StageSpec& spec,
         const std::vector<std::pair<std::string, ParameterValue>>& values, std::set<std::string> open_inputs, Mistakes& mistakes,
         std::set<std::string>& told) {
  if (!spec.faults) return;
  // Defaults stand in for parameters that are wrong. What is found with them in files and folders may come of that: it is not told.
  std::set<std::string> wrong;
  for (const auto& parameter : spec.parameters) {
    const bool valued = std::ranges::any_of(values, [&](const auto& value) { return value.first == parameter.name; });
    const auto* given = find(part.parameters, parameter.name);
    if (given && (given->bad() || !valued)) wrong.insert(parameter.name);
  }
  Faults faults;
  try {
    faults = detail::native([&] {
      return spec.faults(
          [&](const auto& set) {
            for (const auto& [name, value] : values) set(name, value);
          },
          Faults(std::move(open_inputs)));
    });
  } catch (const std::exception& error) {
    return mistakes.add(part.origin, what + " (" + spec.name + ") failed while its parameters were checked: " + detail::short_text(error));
  }
  for (const auto& [parameter, error] : faults.list()) {
    const Value* given = find(part.parameters, parameter);
    if (wrong.contains(parameter) || (!wrong.empty() && (!given || !error.where().empty()))) continue;
    if (!told.insert(error.what()).second && !error.where().empty()) continue;
    mistakes.add(given ? given->origin : part.origin, error,
                 about(what, parameter, given) + (error.where().empty() ? "" : error.where() + ": "));
  }
}

std::set<std::string> open_inputs(const DraftStage& stage) {
  std::set<std::string> open;
  if (!stage.ports_known) return open;
  for (std::size_t i = 0; i < stage.spec->inputs.size(); ++i)
    if (std::ranges::none_of(stage.connections, [&](const auto& one) { return one.port == i; })) open.insert(stage.spec->inputs[i].name);
  return open;
}

/// One to choose from that was not chosen is never made: nobody need know whether it could be.
bool is_used(const Draft& draft, int resource) {
  return std::ranges::any_of(draft.stages, [&](const DraftStage& stage) {
    return std::ranges::any_of(stage.plan.resources, [&](const auto& use) { return use.second == resource; });
  });
}

}  // namespace

void ask_parts(Draft& draft) {
  if (!draft.graph.files_must_exist) return;
  std::set<std::string> told;
  for (const auto& stage : draft.stages)
    if (stage.spec && stage.complete)
      ask(*stage.text, "stage \"" + stage.text->name + "\"", *stage.spec, stage.plan.parameters, open_inputs(stage), draft.mistakes, told);
  for (const auto& part : draft.graph.resources) {
    const int index = draft.resources.at(part.name);
    if (index < 0 || draft.is_shared(part.name) || draft.incomplete_resources.count(index) || !is_used(draft, index)) continue;
    const PlanResource& resource = draft.plan.resources[index];
    ask(part, "resource \"" + part.name + "\"", *resource.spec, resource.parameters, {}, draft.mistakes, told);
  }
}

}  // namespace tivit::checks
