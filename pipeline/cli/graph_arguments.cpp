#include <algorithm>
#include <CLI/CLI.hpp>
#include <map>
#include <optional>
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

struct Reading {
  std::map<std::string, std::vector<std::string>> given;  ///< by argument
  std::vector<std::string> left;                          ///< words that belong to none
  std::optional<std::string> problem;                     ///< nothing was read beyond it
};

Reading reading(const std::vector<ArgumentText>& arguments, const std::vector<std::string>& words) {
  Reading out;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  for (const auto& argument : arguments) {
    auto& into = out.given[argument.name];
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
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    out.problem = error.what();
  }
  out.left = app.remaining();
  return out;
}

bool is_option(const std::string& word) { return word.starts_with("-"); }

}  // namespace

void read_graph_arguments(const std::vector<ArgumentText>& arguments, CommandLine& line) {
  std::vector<std::string> own, known;
  for (const auto& argument : arguments) own.push_back(dashes(argument));
  known = own_option_names();
  known.insert(known.begin(), own.begin(), own.end());
  const std::string help = "`tivit-run " + line.request.file.string() + " --help` shows the graph's arguments";
  const auto add = [&](const std::string& problem, const std::string& remedy) {
    line.mistakes.emplace_back(problem, remedy, "command line");
  };
  Reading read = reading(arguments, line.rest);
  for (auto wrong = read.left.begin(); (wrong = std::ranges::find_if(read.left, is_option)) != read.left.end();) {
    const std::string word = wrong->substr(0, wrong->find('=')), near = nearest_name(word, known);
    add("there is no option \"" + word + "\"", near.empty() ? help : "did you mean \"" + near + "\"?");
    const auto at = std::ranges::find(line.rest, *wrong);
    const auto is_near = [&](const std::string& other) { return other.substr(0, other.find('=')) == near; };
    // It goes on as if the argument of nearly this name were meant: its values are no words that nothing asks for.
    line.understood = line.understood && std::ranges::find(own, near) != own.end() && std::ranges::none_of(line.rest, is_near);
    if (line.understood)
      at->replace(0, word.size(), near);
    else
      line.rest.erase(at, word == "--" ? line.rest.end() : at + 1);
    read = reading(arguments, line.rest);
  }
  if (read.problem) add(*read.problem, help), line.understood = false;
  if (line.understood)
    for (const auto& word : read.left) add("nothing asks for \"" + word + "\"", help);
  for (auto& [name, values] : read.given)
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
