#include <CLI/CLI.hpp>
#include <map>
#include <tivit/cli/command_line.hpp>
#include <tivit/registry.hpp>

namespace tivit::cli {
namespace {

bool is_flag(const ArgumentText& argument) {
  return argument.fallback && argument.fallback->get<bool>() && !argument.positional && !argument.many;
}

std::string dashes(const ArgumentText& argument) { return (argument.positional ? "" : "--") + argument.name; }

/// "clips.files (list of path): files to read", as far as the registry knows the parameter.
std::string behind(const GraphText& graph, const std::string& target) {
  const std::size_t dot = target.find('.');
  if (dot == std::string::npos) return "variable " + target;
  const std::string part = target.substr(0, dot), name = target.substr(dot + 1);
  for (const auto* parts : {&graph.stages, &graph.resources})
    for (const auto& one : *parts) {
      if (one.name != part || !one.use || !one.use->string()) continue;
      const StageSpec* spec = Registry::instance().lookup(*one.use->string());
      const ParameterSpec* parameter = spec ? spec->parameter(name) : nullptr;
      if (!parameter) continue;
      return target + " of " + spec->name + " (" + parameter->type + (parameter->unit.empty() ? "" : ", " + parameter->unit) + ")" +
             (parameter->doc.empty() ? "" : ": " + parameter->doc);
    }
  return target;
}

}  // namespace

void read_graph_arguments(const std::vector<ArgumentText>& arguments, CommandLine& line) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::map<std::string, std::vector<std::string>> given;
  std::vector<std::string> names;
  for (const auto& argument : arguments) {
    names.push_back(dashes(argument));
    auto& into = given[argument.name];
    if (is_flag(argument)) {
      app.add_flag(dashes(argument), into);
      continue;
    }
    auto* option = app.add_option(dashes(argument), into);
    if (argument.many && argument.positional)
      option->expected(-1);
    else if (argument.many)
      option->take_all()->allow_extra_args(true);
    else
      option->expected(1)->allow_extra_args(false);  // or what follows would be its values too: the option holds a list
  }
  try {
    app.parse(std::vector<std::string>(line.rest.rbegin(), line.rest.rend()));
  } catch (const CLI::ParseError& error) {
    throw Error(error.what(), "`tivit-run " + line.request.file.string() + " --help` shows the graph's arguments", "command line");
  }
  if (const auto unknown = app.remaining(); !unknown.empty()) {
    const std::string word = unknown[0].substr(0, unknown[0].find('='));
    const auto own = own_option_names();
    names.insert(names.end(), own.begin(), own.end());
    const std::string near = word.starts_with("-") ? nearest_name(word, names) : "";
    throw Error((word.starts_with("-") ? "there is no option \"" : "nothing asks for \"") + word + "\"",
                near.empty() ? "`tivit-run " + line.request.file.string() + " --help` shows the graph's arguments"
                             : "did you mean \"" + near + "\"?",
                "command line");
  }
  for (auto& [name, values] : given)
    if (!values.empty()) line.request.arguments[name] = std::move(values);
}

std::string graph_help(const GraphText& graph) {
  std::string usage = "usage: tivit-run " + graph.file, body;
  for (const auto& argument : graph.arguments) {
    std::string shown = dashes(argument);
    if (!argument.positional && !is_flag(argument)) shown += " VALUE";
    if (argument.many) shown += "...";
    usage += argument.required ? " " + shown : " [" + shown + "]";
    body += "  " + shown + "\n";
    if (!argument.doc.empty()) body += "      " + argument.doc + "\n";
    if (argument.fallback) body += "      default: " + argument.fallback->text() + "\n";
    if (argument.path_rule == "exists") body += "      a file or folder that exists\n";
    for (const auto& target : argument.sets) body += "      sets " + behind(graph, target) + "\n";
  }
  std::string text = (graph.title.empty() ? graph.file : graph.title) + "\n\n" + usage + " [--set STAGE.PARAMETER=VALUE]...\n";
  if (!body.empty()) text += "\narguments\n" + body;
  if (!graph.variables.empty()) {
    text += "\nvariables (--set NAME=VALUE)\n";
    for (const auto& [name, value] : graph.variables) text += "  " + name + " = " + value.text() + "\n";
  }
  return text + "\n`tivit-run --help` shows the options that every graph has; --resolve all its parameters.\n";
}

}  // namespace tivit::cli
