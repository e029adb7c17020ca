#pragma once
// `tivit-run GRAPH [ARGS]`: the program's own options, and those that the graph's `[args]` add.
#include <filesystem>
#include <string>
#include <tivit/graph_text.hpp>
#include <vector>

namespace tivit::cli {

constexpr const char* set_doc = "STAGE.PARAMETER=VALUE, run.KEY=VALUE or VARIABLE=VALUE; may be given often";
constexpr const char* plugin_doc = "a shared library with stages, or a folder of them; may be given often";

struct CommandLine {
  GraphRequest request;
  std::string run_directory, resume;
  std::vector<std::string> record;   ///< stages whose traffic is written down
  std::vector<std::string> plugins;  ///< files and folders to load
  bool check = false, resolve = false, dot = false, help = false, version = false, quiet = false, trace = false, resume_anyway = false;
  std::vector<std::string> words;  ///< what was typed, without what is said of the run's directory
  std::vector<std::string> rest;   ///< what only the graph's own arguments can explain
  std::vector<Error> mistakes;     ///< in what was typed
  bool understood = true;          ///< false: what was meant nobody knows, and what the graph lacks may be among it
};

/// Reads the program's own options. Throws Error for a value that is missing, Errors where no graph is named.
CommandLine read_own_options(const std::vector<std::string>& words);
/// Adds every --set; those that set nothing are returned.
std::vector<Error> add_sets(const std::vector<std::string>& sets, GraphRequest& request);
/// Reads `rest` by the graph's arguments, into `request.arguments`; what they cannot explain is added to `mistakes`.
void read_graph_arguments(const std::vector<ArgumentText>& arguments, CommandLine& line);
/// What was typed when a run began, and in which folder.
struct BegunCommand {
  std::vector<std::string> words;
  std::filesystem::path folder;
};
/// Of the run in this directory. Throws Error.
BegunCommand command_of(const std::string& run_directory);
/// `words` without --resume, --resume-anyway and --run-dir: what makes the same run again.
std::vector<std::string> without_directories(const std::vector<std::string>& words);
/// Names of the program's own options, with their dashes.
std::vector<std::string> own_option_names();

/// Loads what TIVIT_PLUGIN_PATH lists and these. Throws Error.
void load_plugins(const std::vector<std::string>& given);
/// `list [--json] [--plugin FILE]`, `describe NAME [--json] [--plugin FILE]`: the exit code. Throws Error.
int tell(const std::vector<std::string>& words);

std::string program_help();
/// Title, arguments, and the parameters behind them.
std::string graph_help(const GraphText& graph);

}  // namespace tivit::cli
