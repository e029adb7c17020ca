#include <tivit/cli/command_line.hpp>
#include <tivit/cli/subcommand.hpp>

namespace tivit::cli {
namespace {

/// An empty word is what a shell makes of a variable that is not set: to take it for no word at all would do something else than was asked.
const CLI::Validator names_a_folder([](std::string& text) { return text.empty() ? "it names no folder" : std::string(); }, "");

void declare(CLI::App& app, CommandLine& line, std::string& graph, std::vector<std::string>& sets) {
  app.set_help_flag();
  app.allow_extras();
  app.add_option("GRAPH", graph, "graph file");
  app.add_option("--set", sets, set_doc)->take_all()->allow_extra_args(false);
  app.add_option("--plugin", line.plugins, plugin_doc)->take_all()->allow_extra_args(false);
  app.add_option("--run-dir", line.run_directory, "where results go (default: a new folder runs/NAME)")->check(names_a_folder);
  app.add_option("--resume", line.resume, "go on with the run in this directory, after its last whole epoch")->check(names_a_folder);
  app.add_flag("--resume-anyway", line.resume_anyway, "with --resume: even if the graph has changed since");
  app.add_flag("--check", line.check, "check the graph, print what each edge carries, run nothing");
  app.add_flag("--resolve", line.resolve, "print the whole graph, and where each value comes from");
  app.add_flag("--dot", line.dot, "print the graph for Graphviz; with a run's directory for GRAPH, that run with its figures");
  app.add_option("--record", line.record, "write down what goes into a stage and out of it, for `tivit-run replay`; may be given often")
      ->take_all()
      ->allow_extra_args(false);
  app.add_flag("--trace", line.trace, "write trace.json, a timeline for chrome://tracing or Perfetto");
  app.add_flag("--quiet", line.quiet, "no progress lines");
  app.add_flag("-h,--help", line.help, "this text; with GRAPH, that graph's arguments");
  app.add_flag("--version", line.version, "version of the program");
}

}  // namespace

CommandLine read_own_options(const std::vector<std::string>& words) {
  CommandLine line;
  std::string graph;
  std::vector<std::string> sets;
  CLI::App app;
  declare(app, line, graph, sets);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    throw Error(error.what(), "`tivit-run --help` shows all options", "command line");
  }
  line.rest = app.remaining();
  line.request.file = graph;
  line.mistakes = add_sets(sets, line.request);
  line.understood = line.mistakes.empty();
  if (!graph.empty()) return line;
  for (const auto& word : line.rest)
    line.mistakes.emplace_back("there is no option \"" + word + "\"", Mistakes::suggestion(word, own_option_names(), ""), "command line");
  if (!line.mistakes.empty()) throw Errors(line.mistakes);
  return line;
}

std::vector<Error> add_sets(const std::vector<std::string>& sets, GraphRequest& request) {
  std::vector<Error> wrong;
  for (const auto& one : sets) try {
      request.add_set(one);
    } catch (const Error& error) {
      wrong.push_back(error);
    }
  return wrong;
}

std::vector<std::string> own_option_names() {
  CommandLine line;
  std::string graph;
  std::vector<std::string> sets, names;
  CLI::App app;
  declare(app, line, graph, sets);
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string program_help() {
  CommandLine line;
  std::string graph;
  std::vector<std::string> sets;
  CLI::App app;
  declare(app, line, graph, sets);
  std::map<const CLI::Option*, std::string> shown_values;
  for (const auto& [name, shown] :
       {std::pair{"--set", "NAME=VALUE"}, {"--plugin", "FILE"}, {"--record", "STAGE"}, {"--run-dir", "DIR"}, {"--resume", "DIR"}})
    shown_values[app.get_option(name)] = shown;
  return "Runs a graph of stages that turn piano video into notes.\n\n"
         "usage: tivit-run GRAPH [ARGUMENTS OF THE GRAPH] [OPTIONS]\n"
         "       tivit-run GRAPH --help            the arguments of that graph\n"
         "       tivit-run --resume DIR            what was begun in DIR, to its end\n"
         "       tivit-run replay DIR             what led to a failure, or a recorded stage, once more\n"
         "       tivit-run list [--json]           all stages and resources, and where they come from\n"
         "       tivit-run describe NAME [--json]  ports, parameters and an example of one of them\n"
         "       tivit-run new stage AREA/NAME     source, test and graph of a new stage\n"
         "       tivit-run inspect FILE... [--json]  what is in weights, arrays, labels, videos, graphs\n"
         "       tivit-run convert IN OUT          weights in another form: safetensors, or a .pt that Python reads\n"
         "       tivit-run diff A B [--json]       what differs between two graphs, or what runs in two directories had\n"
         "       tivit-run check DIR... [--json]   checks every graph in a folder\n"
         "       tivit-run schema [FILE]           JSON Schema of the graph language, for editors\n\n"
         "options\n" +
         options_text(app, shown_values) +
         "\nexit codes\n"
         "  0    all went well\n"
         "  1    the run failed; diff: the graphs differ\n"
         "  2    the graph or the command line is wrong; nothing was started\n"
         "  3    finished, but items failed within what on_error allows: see quarantine.jsonl\n"
         "  130  cancelled: Ctrl-C, SIGTERM, or the terminal went away\n";
}

}  // namespace tivit::cli
