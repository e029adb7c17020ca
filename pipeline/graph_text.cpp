#include <tivit/graph_text.hpp>

#include <algorithm>
#include <tivit/text/arguments.hpp>
#include <tivit/text/load.hpp>
#include <tivit/text/overrides.hpp>
#include <tivit/text/parts.hpp>

namespace tivit {
namespace {

/// Variables from outside come first, so that they hold against every file and can name the files to include.
class Reader {
 public:
  explicit Reader(const GraphRequest& request) : request_(request), variables_(graph_.mistakes) {}

  GraphText read() {
    graph_.file = request_.file.string();
    graph_.files_must_exist = request_.files_must_exist;
    for (const auto& [key, value] : request_.set) set(key, value);
    Loader loader(variables_, graph_.mistakes);
    loader.on_arguments = [this](const Value::Table& entries) { arguments(entries); };
    LoadedText text = loader.load(request_.file);
    check_given();
    for (const auto& change : from_arguments_)
      if (!is_set(change.key)) apply_override(change, text, graph_.mistakes);
    for (const auto& change : from_set_) apply_override(change, text, graph_.mistakes);
    fill(text);
    if (!is_whole()) std::for_each(missing_.begin(), missing_.end(), [this](const auto& argument) { tell_missing(argument); });
    return std::move(graph_);
  }
  const Mistakes& found() const { return graph_.mistakes; }

 private:
  bool is_set(const std::string& key) const {
    return std::any_of(request_.set.begin(), request_.set.end(), [&](const auto& one) { return one.first == key; });
  }
  void set(const std::string& key, const Value& value) {
    if (names_variable(key)) {
      if (!variables_.lookup(key)) given_.push_back({key, value, value.origin});
      variables_.replace(key, value);  // of two assignments the later one holds, as for parameters
    } else {
      from_set_.push_back({key, value, value.origin});
    }
  }
  void arguments(const Value::Table& entries) {
    for (const auto& entry : entries) {
      const auto same = [&](const ArgumentText& other) { return other.name == entry.key; };
      if (std::any_of(graph_.arguments.begin(), graph_.arguments.end(), same)) continue;  // the including file's holds
      auto argument = read_argument(entry, graph_.mistakes);
      if (!argument) continue;
      if (argument->sets.empty()) argument->sets.push_back(argument->name);
      // What it sets may be set already, or belong to a resource that the caller gives.
      const auto reached = [&](const std::string& target) {
        return is_set(target) || request_.shared.count(target.substr(0, target.find('.'))) != 0;
      };
      const bool unused = std::all_of(argument->sets.begin(), argument->sets.end(), reached);
      auto value = argument_value(*argument, request_, unused, graph_.mistakes);
      if (argument->required && !value && std::none_of(argument->sets.begin(), argument->sets.end(), reached)) {
        if (request_.arguments_must_be_given)
          tell_missing(*argument);
        else
          missing_.push_back(*argument);
        value = Value{};  // what it would set is known to be wrong: no second mistake
      }
      const auto takes_all = std::ranges::find_if(graph_.arguments, [](const auto& one) { return one.positional && one.many; });
      if (argument->positional && takes_all != graph_.arguments.end())
        graph_.mistakes.add(argument->origin,
                            "positional argument \"" + argument->name + "\" is never reached: \"" + takes_all->name + "\" takes all words",
                            "put it first, or let it be an option: take positional away");
      argument->applied = value.has_value();
      for (const auto& target : argument->sets)
        if (value && !target.empty()) set_by_argument(target, *value, *argument);
      graph_.arguments.push_back(std::move(*argument));
    }
  }
  void set_by_argument(const std::string& target, const Value& value, const ArgumentText& argument) {
    const Override change{target, value, argument.origin};
    if (names_variable(target)) {
      if (!is_set(target)) variables_.replace(target, value);
      given_.push_back(change);
    } else {
      from_arguments_.push_back(change);
    }
  }
  /// Whether all is known that decides which stages there are, and what feeds them.
  bool is_whole() const {
    const auto known = [](const std::optional<Value>& value) { return !value || !value->bad(); };
    const auto all_known = [&](const PartText& part) { return known(part.use) && known(part.in); };
    return !graph_.mistakes.incomplete() && std::all_of(graph_.stages.begin(), graph_.stages.end(), all_known) &&
           std::all_of(graph_.resources.begin(), graph_.resources.end(), all_known) &&
           std::none_of(graph_.after.begin(), graph_.after.end(), [](const auto& one) { return one.file.empty() || one.every.empty(); });
  }
  void tell_missing(const ArgumentText& argument) {
    graph_.mistakes.add(argument.origin, "argument \"" + argument.name + "\" is missing",
                        argument.doc.empty() ? "give it on the command line" : "give it on the command line: " + argument.doc);
  }
  void check_given() {
    std::vector<std::string> known;
    for (const auto& argument : graph_.arguments) known.push_back(argument.name);
    for (const auto& [name, values] : request_.arguments)
      if (std::find(known.begin(), known.end(), name) == known.end())
        graph_.mistakes.add({"argument " + name}, "the graph has no argument \"" + name + "\"", Mistakes::suggestion(name, known, ""));
  }
  void fill(LoadedText& text) {
    if (!text.title.bad()) graph_.title = variables_.fill_text(text.title);
    graph_.files = text.files;
    for (auto& entry : text.sections["run"]) graph_.run.push_back({entry.key, entry.origin, variables_.fill(entry.value)});
    for (auto& entry : text.sections["runtime"]) graph_.runtime.push_back({entry.key, entry.origin, variables_.fill(entry.value)});
    for (const auto& entry : text.sections["stages"]) read_part(entry, "stage", variables_, graph_.mistakes, graph_.stages);
    for (const auto& entry : text.sections["resources"]) read_part(entry, "resource", variables_, graph_.mistakes, graph_.resources);
    for (const auto& value : text.after) read_after(value, variables_, graph_.mistakes, graph_.after);
    std::set<std::string> used;  // by the graph itself, not by other variables that nothing uses
    for (const auto& variable : text.sections["vars"])
      if (variables_.used(variable.key)) used.insert(variable.key);
    for (const auto& variable : text.sections["vars"]) {
      // What an included file offers need not be used: it serves many graphs.
      if (!used.count(variable.key) && variable.origin.file == text.files.front())
        graph_.warnings.push_back(variable.origin.text() + ": variable \"" + variable.key + "\" is never used");
      const Value filled = variables_.fill(*variables_.lookup(variable.key));
      if (used.count(variable.key)) graph_.variables.emplace_back(variable.key, filled);
    }
    unknown_variables(text.sections["vars"]);
    misspelt_targets();
  }
  /// An argument may set what only another model brings; but what is nearly the name of a part is a slip.
  void misspelt_targets() {
    std::vector<std::string> parts{"run", "runtime"};
    for (const auto& stage : graph_.stages) parts.push_back(stage.name);
    for (const auto& resource : graph_.resources) parts.push_back(resource.name);
    for (const auto& argument : graph_.arguments)
      for (const auto& target : argument.sets) {
        const std::string part = target.substr(0, target.find('.'));
        if (argument.applied || names_variable(target) || std::find(parts.begin(), parts.end(), part) != parts.end()) continue;
        if (const std::string near = nearest_name(part, parts); !near.empty())
          graph_.mistakes.add(argument.origin,
                              "argument \"" + argument.name + "\" sets \"" + target + "\", but there is no \"" + part + "\" here",
                              "did you mean \"" + near + target.substr(part.size()) + "\"?");
      }
  }
  void unknown_variables(const Value::Table& defined) {
    std::vector<std::string> known;
    for (const auto& variable : defined) known.push_back(variable.key);
    for (const auto& argument : graph_.arguments)
      for (const auto& target : argument.sets)
        if (!argument.applied && !target.empty() && names_variable(target) && !find(defined, target) && !variables_.used(target))
          graph_.mistakes.unknown(argument.origin,
                                  "argument \"" + argument.name + "\" sets variable \"" + target + "\", which nothing defines or uses",
                                  target, known, "write sets = \"stage.parameter\", or define it under [vars]");
    const auto included = [&](const std::string& name) {  // of this file's own it was told already
      return [&](const Value::Entry& one) { return one.key == name && one.origin.file != graph_.files.front(); };
    };
    for (const auto& change : given_) {
      if (variables_.used(change.key)) continue;
      const bool argument = std::any_of(graph_.arguments.begin(), graph_.arguments.end(),
                                        [&](const auto& a) { return a.origin.text() == change.origin.text(); });
      if (argument)
        graph_.warnings.push_back(change.origin.text() + ": the argument sets variable \"" + change.key + "\", which is never used");
      else if (std::any_of(defined.begin(), defined.end(), included(change.key)))
        graph_.warnings.push_back(change.origin.text() + ": variable \"" + change.key + "\" is never used in this graph");
      else if (!find(defined, change.key))
        graph_.mistakes.unknown(change.origin, "there is no variable \"" + change.key + "\"", change.key, known,
                                "a stage's parameter is set by stage.parameter=value");
    }
  }

  const GraphRequest& request_;
  GraphText graph_;
  Variables variables_;
  std::vector<Override> given_, from_arguments_, from_set_;
  std::vector<ArgumentText> missing_;  ///< required, not given, and not told
};

}  // namespace

void GraphRequest::add_set(const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Error("\"" + assignment + "\" sets nothing", "write --set stage.parameter=value, --set run.seed=7 or --set variable=value",
                "--set");
  const std::string key = assignment.substr(0, equals);
  set.emplace_back(key, value_of_text(assignment.substr(equals + 1), {"--set " + key}));
}

GraphText read_graph(const GraphRequest& request) {
  Reader reader(request);
  try {
    return reader.read();
  } catch (const Error& error) {
    Mistakes all = reader.found();  // what was found before it counts too
    all.take(error);
    all.raise();
    throw;
  }
}

}  // namespace tivit
