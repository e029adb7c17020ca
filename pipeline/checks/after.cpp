#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <tivit/checks/draft.hpp>
#include <tivit/make_plan.hpp>

namespace tivit::checks {
namespace {

std::vector<std::string> shared_names(const AfterText& after, Draft& draft) {
  std::vector<std::string> names, known;
  for (const auto& [name, index] : draft.resources) known.push_back(name);
  for (const auto& one : after.share) {
    if (one.bad()) continue;
    if (!one.string())
      draft.mistakes.add(one.origin, "\"share\" lists resources, not " + one.kind(),
                         "write their names, as in share = [\"" + (known.empty() ? "model" : known.front()) + "\"]");
    else if (!draft.resources.count(*one.string()))
      draft.mistakes.add(one.origin, "there is no resource \"" + *one.string() + "\" to share",
                         Mistakes::suggestion(*one.string(), known, ""));
    else
      names.push_back(*one.string());
  }
  return names;
}

void pair_resources(const AfterText& after, const std::vector<std::string>& names, Draft& draft, const Plan& called, PlanAfter& into) {
  for (const auto& name : names) {
    const auto there = std::find_if(called.resources.begin(), called.resources.end(), [&](const auto& one) { return one.name == name; });
    const int here = draft.resources.at(name);
    if (there == called.resources.end()) {
      std::vector<std::string> known;
      for (const auto& one : called.resources) known.push_back(one.name);
      draft.mistakes.add(after.origin, after.file.string() + " has no resource \"" + name + "\" that could be shared",
                         Mistakes::suggestion(name, known, "it has none"));
    } else if (here >= 0 && draft.plan.resources[here].spec->interface != there->spec->interface) {
      draft.mistakes.add(after.origin,
                         "resource \"" + name + "\" is a \"" + draft.plan.resources[here].spec->interface + "\" here and a \"" +
                             there->spec->interface + "\" in " + after.file.string(),
                         "share a resource of the same kind");
    } else {
      into.share.emplace_back(here, static_cast<int>(there - called.resources.begin()));
    }
  }
}

// What `same` asks for, as if the caller had written it into `set`.
void add_same(const AfterText& after, Draft& draft, std::vector<std::pair<std::string, Value>>& set) {
  std::vector<std::string> known;
  for (const auto& stage : draft.graph.stages) known.push_back(stage.name);
  for (const auto& one : after.same) {
    const auto stage = std::find_if(draft.graph.stages.begin(), draft.graph.stages.end(),
                                    [&](const auto& part) { return one.string() && part.name == *one.string(); });
    if (stage == draft.graph.stages.end()) {
      draft.mistakes.add(one.origin, "\"same\" names stages of this graph; there is no " + one.text(),
                         one.string() ? Mistakes::suggestion(*one.string(), known, "")
                                      : "write their names, as in same = [\"" + (known.empty() ? "clips" : known.front()) + "\"]");
      continue;
    }
    for (const auto& parameter : stage->parameters) set.emplace_back(stage->name + "." + parameter.key, parameter.value);
  }
}

/// A run has one seed, one device, one precision and one share of the cores: the caller's. A graph that asks for another is
/// not called; what it says of its directory and name counts only when it is run itself.
void check_settings(const GraphText& called, const Plan& theirs, const Draft& draft, Mistakes& mistakes) {
  const Plan& ours = draft.plan;
  const auto differ = [&](const char* section, const char* key, const std::string& here, const std::string& there) {
    const Value* given = find(std::string_view(section) == "run" ? called.run : called.runtime, key);
    if (!given || here == there || there == "auto") return;
    mistakes.add(
        given->origin,
        "[" + std::string(section) + "] " + key + " is " + there + " here and " + here + " in " + draft.graph.file +
            ", which calls this graph",
        "a run has one: leave it out here, or say the same in the call: set = { \"" + std::string(section) + "." + key + "\" = … }");
  };
  const auto number = [](auto n) { return std::to_string(n); };
  differ("run", "seed", number(ours.seed), number(theirs.seed));
  differ("run", "device", ours.device, theirs.device);
  differ("run", "precision", ours.precision, theirs.precision);
  differ("runtime", "pipeline_threads", number(ours.threads.pipeline), number(theirs.threads.pipeline));
  differ("runtime", "intra_op_threads", number(ours.threads.intra_op), number(theirs.threads.intra_op));
  differ("runtime", "decode_threads", number(ours.threads.decode), number(theirs.threads.decode));
}

void call(const AfterText& after, Draft& draft) {
  const auto names = shared_names(after, draft);
  if (after.file.empty()) return;
  std::error_code ignored;
  const std::string file = std::filesystem::weakly_canonical(after.file, ignored).string();
  auto callers = draft.callers;
  callers.push_back(std::filesystem::weakly_canonical(draft.graph.file).string());
  if (std::find(callers.begin(), callers.end(), file) != callers.end())
    return draft.mistakes.add(after.run.origin, "\"" + after.file.string() + "\" would call itself",
                              "a graph cannot come after its own end");
  if (!std::filesystem::is_regular_file(after.file, ignored))
    return draft.mistakes.add(after.run.origin, "there is no graph \"" + after.file.string() + "\"",
                              "paths start at the folder of the file that names them");
  GraphRequest request;
  request.file = after.file;
  request.files_must_exist = draft.graph.files_must_exist;
  add_same(after, draft, request.set);
  request.set.insert(request.set.end(), after.set.begin(), after.set.end());
  request.shared.insert(names.begin(), names.end());
  PlanAfter made;
  made.every = after.every;
  made.name = after.file.stem().string();
  try {
    const GraphText text = read_graph(request);
    Plan plan = make_plan(text, callers, names);
    check_settings(text, plan, draft, draft.mistakes);
    plan.threads = draft.plan.threads;
    made.plan = std::make_shared<const Plan>(std::move(plan));
  } catch (const Errors& errors) {
    for (const auto& error : errors.list()) draft.mistakes.take(error);
    return;
  }
  pair_resources(after, names, draft, *made.plan, made);
  if (after.every.empty()) return;  // told already
  if (made.share.size() == names.size()) check_host(made, after, draft);
  draft.plan.after.push_back(std::move(made));
}

}  // namespace

void check_after(Draft& draft) {
  std::map<std::string, const AfterText*> names;
  for (const auto& after : draft.graph.after) {
    const auto [other, fresh] = names.emplace(after.file.stem().string(), &after);
    if (fresh || after.file.empty())
      call(after, draft);
    else
      draft.mistakes.add(after.run.origin, "a graph \"" + other->first + "\" is called already (" + other->second->run.origin.text() + ")",
                         "what a called graph leaves is named after its file: give this one a file of another name");
  }
}

}  // namespace tivit::checks
