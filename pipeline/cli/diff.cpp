#include <tivit/cli/diff.hpp>

#include <iostream>
#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/cli/command_line.hpp>
#include <tivit/cli/subcommand.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/run_program.hpp>

namespace tivit::cli {
namespace {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Side side_of(const std::string& name, const std::vector<std::string>& sets) {
  Side side;
  side.name = name;
  GraphRequest request;
  request.file = name;
  request.files_must_exist = request.arguments_must_be_given = false;
  if (const auto wrong = add_sets(sets, request); !wrong.empty()) throw Errors(wrong);
  if (std::error_code ignored; fs::is_directory(name, ignored)) {
    request.file = fs::path(name) / "graph.toml";
    if (!fs::exists(request.file, ignored)) throw Error("no run has left anything here", "give a graph, or the directory of a run", name);
    if (sets.empty()) side.directory = name;
  }
  side.plan = make_plan(request);
  side.text = side.directory.empty() ? side.plan.resolved_text : read_file(request.file);
  return side;
}

std::string shown(const ResolvedValue& value) {
  const std::string from = value.from.empty() ? "" : "(" + value.from + ")";
  return value.text.empty() || from.empty() ? value.text + from : value.text + " " + from;
}

std::string line_of(const GraphDifference& one, const Side& a, const Side& b) {
  if (one.before && one.after) return one.name + ": " + shown(*one.before) + " -> " + shown(*one.after);
  const std::string value = shown(one.before ? *one.before : *one.after);
  return one.name + ": only in " + (one.before ? a : b).name + (value.empty() ? "" : ": " + value);
}

Json json_of(const std::optional<ResolvedValue>& value) { return value ? Json{{"value", value->text}, {"from", value->from}} : Json(); }

}  // namespace

int diff(const std::vector<std::string>& words) {
  bool json = false;
  std::vector<std::string> plugins, sets, names;
  Subcommand command("diff", "What differs between two graphs, or between what ran in two directories.", {"A B [OPTIONS]"});
  command.words(names);
  command.flag("--json", json, "as JSON");
  command.many("--set", "NAME=VALUE", sets, set_doc);
  command.many("--plugin", "FILE", plugins, plugin_doc);
  command.exit_code(exit_ok, "nothing differs");
  command.exit_code(exit_different, "they differ");
  command.exit_code(exit_wrong_input, "one of them is wrong, or is not there");
  if (!command.read(words)) return exit_ok;
  if (names.size() != 2) throw Error("two graphs are compared, not " + std::to_string(names.size()), command.remedy(), "command line");
  load_plugins(plugins);
  const Side a = side_of(names[0], sets), b = side_of(names[1], sets);
  const auto differences = compare(a, b);
  Json list = Json::array();
  for (const auto& one : differences) {
    if (json)
      list.push_back({{"name", one.name}, {"a", json_of(one.before)}, {"b", json_of(one.after)}});
    else
      std::cout << line_of(one, a, b) << "\n";
  }
  if (json) std::cout << list.dump(2) << "\n";
  return differences.empty() ? exit_ok : exit_different;
}

}  // namespace tivit::cli
