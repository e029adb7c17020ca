#pragma once
// A graph as its text says it: files read, includes merged, variables filled in. Nothing here knows what a stage is.
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tivit/text/mistakes.hpp>
#include <tivit/text/value.hpp>
#include <utility>
#include <vector>

namespace tivit {

/// `[stages.NAME]` or `[resources.NAME]`. `use`, `in`, `on_error` and `concurrency` stand apart; the rest are parameters.
struct PartText {
  std::string name;
  Origin origin;
  std::optional<Value> use, in, on_error, concurrency;
  Value::Table parameters;  ///< tables inside are flattened to dotted names
};

/// One entry of `[args]`: what a user gives on the graph's command line, and what that sets.
struct ArgumentText {
  std::string name, doc;
  Origin origin;
  bool positional = false, many = false, required = false;
  std::string path_rule;          ///< "" or "exists"
  std::vector<std::string> sets;  ///< `stage.parameter` or a variable
  std::optional<Value> fallback;  ///< `default`
  bool applied = false;           ///< it was given or has a default, which the graph now holds
};

/// `[[after]]`: a graph that is called whenever a scope ends.
struct AfterText {
  Origin origin;
  std::string every;
  Value run;  ///< its file, relative to the file that names it
  std::filesystem::path file;
  std::vector<Value> share;
  std::vector<Value> same;  ///< stages of the called graph that take over the parameters given for them here
  std::vector<std::pair<std::string, Value>> set;
};

/// What is asked for from outside: the file, `--set key=value`, and the arguments of the graph's own command line.
struct GraphRequest {
  std::filesystem::path file;
  std::vector<std::pair<std::string, Value>> set;
  std::map<std::string, std::vector<std::string>> arguments;
  std::set<std::string> shared;                 ///< resources that a calling graph gives: what sets them need not be given
  bool files_must_exist = true;                 ///< false: only the text is looked at, not what it names
  bool arguments_must_be_given = true;          ///< false: parameters that a required argument sets may stay unset
  void add_set(const std::string& assignment);  ///< "key=value"; throws Error when it is not
};

struct GraphText {
  std::string title, file;
  std::vector<std::string> files;  ///< the graph and all it includes
  std::vector<ArgumentText> arguments;
  std::vector<std::pair<std::string, Value>> variables;
  Value::Table run, runtime;
  std::vector<PartText> stages, resources;  ///< in the order of the text, included files first
  std::vector<AfterText> after;
  bool files_must_exist = true;  ///< as asked
  Mistakes mistakes;             ///< everything wrong so far; make_plan adds its own and throws them together
  std::vector<std::string> warnings;
};

/// Reads a graph. Throws Errors at once only for a file that is no TOML; other mistakes are collected in the result.
GraphText read_graph(const GraphRequest& request);

}  // namespace tivit
