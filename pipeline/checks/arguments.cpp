#include <tivit/checks/draft.hpp>
#include <tivit/checks/settings.hpp>

namespace tivit::checks {
namespace {

std::vector<std::string> names_of(const std::vector<ParameterSpec>& settings) {
  std::vector<std::string> names;
  for (const auto& one : settings) names.push_back(one.name);
  return names;
}

/// What can be set of a stage or resource.
std::vector<std::string> settable(const StageSpec& spec) {
  auto names = names_of(spec.parameters);
  for (const auto& use : spec.resources) names.push_back(use.parameter);
  names.insert(names.end(), {"use", "in", "on_error", "concurrency"});
  return names;
}

void check_target(const ArgumentText& argument, const std::string& target, Draft& draft) {
  const std::size_t dot = target.find('.');
  const std::string part = target.substr(0, dot), rest = target.substr(dot + 1);
  const std::string what = "argument \"" + argument.name + "\" sets \"" + target + "\", but ";
  std::vector<std::string> known;
  if (part == "run" || part == "runtime") {
    known = names_of(part == "run" ? run_settings() : runtime_settings());
  } else if (const int stage = draft.find_stage(part); stage >= 0) {
    if (!draft.stages[stage].spec) return;
    known = settable(*draft.stages[stage].spec);
  } else if (const auto resource = draft.resources.find(part); resource != draft.resources.end()) {
    if (resource->second < 0) return;
    known = settable(*draft.plan.resources[resource->second].spec);
  } else {
    std::vector<std::string> parts{"run", "runtime"};
    for (const auto& one : draft.stages) parts.push_back(one.text->name);
    for (const auto& [name, index] : draft.resources) parts.push_back(name);
    return draft.mistakes.unknown(argument.origin, what + "there is no stage or resource \"" + part + "\"", part, parts, "");
  }
  // A table of settings, such as run.on_error.budget, has no parameter of its own.
  const bool table = rest.starts_with("on_error") || rest.starts_with("in.");
  if (!table && std::find(known.begin(), known.end(), rest) == known.end())
    draft.mistakes.unknown(argument.origin, what + "\"" + part + "\" has no parameter \"" + rest + "\"", rest, known, "");
}

}  // namespace

void check_arguments(Draft& draft) {
  if (draft.mistakes.incomplete()) return;  // the file that is missing would have brought what they set
  for (const auto& argument : draft.graph.arguments) {
    if (argument.applied) continue;  // the value has been laid over the graph, and was checked there
    for (const auto& target : argument.sets)
      if (target.find('.') != std::string::npos) check_target(argument, target, draft);
  }
}

}  // namespace tivit::checks
