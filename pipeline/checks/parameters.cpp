#include <algorithm>
#include <tivit/checks/draft.hpp>

namespace tivit::checks {
namespace {

using Values = std::vector<std::pair<std::string, ParameterValue>>;

bool is_text(const std::string& type) { return type.ends_with("string") || type.ends_with("path"); }

bool names_resource(const StageSpec& spec, const std::string& parameter) {
  return std::any_of(spec.resources.begin(), spec.resources.end(), [&](const auto& use) { return use.parameter == parameter; });
}

void unknown(const std::string& name, const Origin& origin, const std::string& what, const StageSpec& spec, Mistakes& mistakes) {
  std::vector<std::string> known;
  for (const auto& one : spec.parameters) known.push_back(one.name);
  for (const auto& one : spec.resources) known.push_back(one.parameter);
  std::vector<std::string> keys{"use"};
  if (spec.kind != Kind::resource) keys.insert(keys.end(), {"in", "on_error", "concurrency"});
  const std::string near = nearest_name(name, keys);
  if (nearest_name(name, known).empty() && !near.empty()) known = {near};
  mistakes.add(origin, what + " (" + spec.name + ") has no parameter \"" + name + "\"", Mistakes::suggestion(name, known, "it has none"));
}

}  // namespace

std::string about(const std::string& what, const std::string& parameter, const Value* given) {
  return what + ", parameter \"" + parameter + "\"" + (given && !given->note.empty() ? ", from " + given->note : "") + ": ";
}

namespace {

/// The value in the parameter's type; nothing where it does not fit. Every element of a list that does not fit is a mistake of its own.
std::optional<ParameterValue> fitted(const ParameterSpec& parameter, const Value& given, const std::string& what, Mistakes& mistakes) {
  const auto read = [&](const Value& value) { return is_text(parameter.type) ? typed_value(value) : parameter_value(value); };
  const auto attempt = [&](const ParameterValue& wanted, const Value& value) -> std::optional<ParameterValue> {
    try {
      return parameter.checked(wanted);
    } catch (const Error& error) {
      mistakes.add(value.origin, error, about(what, parameter.name, &value));
      return std::nullopt;
    }
  };
  const auto* elements = given.get<Value::List>();
  if (!elements || !parameter.type.starts_with("list of ")) return attempt(read(given), given);
  ParameterValue::List list;
  bool all = true;
  for (const auto& one : *elements) {
    const auto alone = one.bad() ? std::nullopt : attempt({ParameterValue::List{read(one)}}, one);
    if (alone) list.push_back(std::get<ParameterValue::List>(alone->value).front());
    all = all && alone;
  }
  if (!all) return std::nullopt;
  return ParameterValue{std::move(list)};
}

/// Checks what the text gives and fills in defaults; values come in the contract's order. Whether all is there that must be.
bool check_values(const PartText& part, const std::string& what, const StageSpec& spec, const Draft& draft, Values& values) {
  Mistakes& mistakes = draft.mistakes;
  bool complete = true;
  for (const auto& [name, origin, value] : part.parameters)
    if (!spec.parameter(name) && !names_resource(spec, name) && !value.bad()) unknown(name, origin, what, spec, mistakes);
  for (auto parameter : spec.parameters) {
    if (!draft.graph.files_must_exist) parameter.path_rule.clear();
    const Value* given = find(part.parameters, parameter.name);
    if (!given && parameter.required) {
      complete = false;
      mistakes.add(part.origin, what + " (" + spec.name + ") lacks parameter \"" + parameter.name + "\" (" + parameter.type + ")",
                   "add " + parameter.name + " = …" + (parameter.doc.empty() ? "" : ": " + parameter.doc));
    }
    if (!given && !parameter.default_value.empty()) values.emplace_back(parameter.name, parameter.default_value);
    if (!given || given->bad()) continue;
    if (auto value = fitted(parameter, *given, what, mistakes)) values.emplace_back(parameter.name, *std::move(value));
  }
  return complete;
}

void check_concurrency(DraftStage& stage, Mistakes& mistakes) {
  if (stage.spec) stage.plan.concurrency = stage.spec->parallel ? 0 : 1;
  const auto& value = stage.text->concurrency;
  if (!value || value->bad()) return;
  const auto* limit = value->get<std::int64_t>();
  if (!limit || *limit < 1 || *limit > 1024)
    mistakes.add(value->origin, "concurrency = " + value->text() + " is no number of calls", "give a whole number between 1 and 1024");
  else if (stage.spec && *limit > 1 && !stage.spec->parallel)
    mistakes.add(value->origin, "calls of stage \"" + stage.text->name + "\" (" + stage.spec->name + ") cannot overlap",
                 "leave concurrency out");
  else
    stage.plan.concurrency = static_cast<int>(*limit);
}

}  // namespace

void check_parameters(Draft& draft) {
  const auto* run_rule = find(draft.graph.run, "on_error");
  const OnError of_run = run_rule ? read_on_error(*run_rule, draft.mistakes) : OnError{};
  for (auto& stage : draft.stages) {
    stage.plan.on_error = stage.text->on_error ? read_on_error(*stage.text->on_error, draft.mistakes) : of_run;
    check_concurrency(stage, draft.mistakes);
    if (!stage.spec) continue;
    const Kind kind = stage.spec->kind;
    if (stage.text->on_error && stage.plan.on_error.action == OnError::Do::retry && kind != Kind::map && kind != Kind::sink)
      draft.mistakes.add(stage.text->on_error->origin, "a " + std::string(kind_name(kind)) + " cannot be tried again",
                         "its earlier items are on their way already: write on_error = \"skip\"");
    stage.complete = check_values(*stage.text, "stage \"" + stage.text->name + "\"", *stage.spec, draft, stage.plan.parameters);
  }
  for (const auto& part : draft.graph.resources) {
    const int index = draft.resources.at(part.name);
    if (index < 0 || draft.is_shared(part.name)) continue;  // what the calling graph gives is checked there
    auto& resource = draft.plan.resources[index];
    if (!check_values(part, "resource \"" + part.name + "\"", *resource.spec, draft, resource.parameters))
      draft.incomplete_resources.insert(index);
  }
}

}  // namespace tivit::checks
