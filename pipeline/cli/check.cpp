#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <tivit/cli/check_folder.hpp>
#include <tivit/cli/command_line.hpp>
#include <tivit/cli/subcommand.hpp>
#include <tivit/run_program.hpp>
#include <tivit/text_format.hpp>

namespace tivit::cli {
namespace {
using Json = nlohmann::ordered_json;
using Sort = CheckedFile::Sort;

const char* name_of(Sort sort) {
  static const char* const names[] = {"graph", "part", "orphan", "other", "unreadable"};
  return names[static_cast<int>(sort)];
}

std::string line_of(const CheckedFile& file) {
  const std::string found = file.mistakes.empty() ? "sound, " + counted(file.stages, "stage") : counted(file.mistakes.size(), "mistake");
  if (file.sort == Sort::orphan)
    return "an orphan: it has no title, and no file here includes or calls it; as a graph of its own: " + found;
  if (file.sort == Sort::graph || !file.mistakes.empty()) return found;
  if (file.sort == Sort::other) return "no graph: nothing of the graph language is in it";
  const auto more = file.used_by.size() - 1;
  return "a part, used by " + file.used_by[0] + (more == 0 ? "" : " and " + counted(more, "other"));
}

Json json_of(const CheckedFile& file) {
  return {{"file", file.file.string()}, {"sort", name_of(file.sort)}, {"stages", file.stages},
          {"used_by", file.used_by},    {"mistakes", file.mistakes},  {"warnings", file.warnings}};
}

}  // namespace

int check(const std::vector<std::string>& words) {
  bool json = false;
  std::vector<std::string> plugins, folders;
  Subcommand command("check", "Checks every graph in a folder and in the folders below it, and says what its other .toml files are.",
                     {"DIR... [OPTIONS]"});
  command.words(folders);
  command.flag("--json", json, "as JSON");
  command.many("--plugin", "FILE", plugins, plugin_doc);
  command.exit_code(exit_ok, "nothing is wrong");
  command.exit_code(exit_wrong_input, "a graph has mistakes");
  if (!command.read(words)) return exit_ok;
  if (folders.empty()) throw Error("no folder was given", command.remedy(), "command line");
  load_plugins(plugins);
  Json list = Json::array();
  std::size_t graphs = 0, wrong = 0;
  for (const auto& file : check_trees(folders)) {
    graphs += file.sort == Sort::graph;
    wrong += !file.mistakes.empty();
    list.push_back(json_of(file));
    if (json) continue;
    std::cout << file.file.string() << ": " << line_of(file) << "\n";
    for (const auto& mistake : file.mistakes) std::cout << "  " << mistake << "\n";
    for (const auto& warning : file.warnings) std::cout << "  warning: " << warning << "\n";
  }
  if (graphs + wrong == 0) throw Error("there is no graph", "a graph is a .toml file with a title", quoted_list(folders));
  if (json)
    std::cout << list.dump(2) << "\n";
  else
    std::cout << counted(graphs, "graph") << ", " << (wrong ? counted(wrong, "file") + " wrong" : "nothing wrong") << "\n";
  return wrong ? exit_wrong_input : exit_ok;
}

}  // namespace tivit::cli
