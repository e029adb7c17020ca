#include <CLI/CLI.hpp>
#include <iostream>
#include <tivit/cli/command_line.hpp>
#include <tivit/cli/describe.hpp>
#include <tivit/plugin.hpp>
#include <tivit/run_program.hpp>

namespace tivit::cli {

void load_plugins(const std::vector<std::string>& given) {
  load_plugins_of_environment();
  for (const auto& one : given) try {
      tivit::load_plugins(one);
    } catch (const Error& error) {
      throw error.located("--plugin");
    }
}

int tell(const std::vector<std::string>& words) {
  const std::string& command = words[0];
  const bool one = command == "describe";
  bool json = false;
  std::vector<std::string> plugins, names;
  CLI::App app;
  app.set_help_flag();
  app.add_flag("--json", json);
  app.add_option("--plugin", plugins)->take_all()->allow_extra_args(false);
  app.add_option("NAME", names)->expected(-1);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend() - 1));
  } catch (const CLI::ParseError& error) {
    throw Error(error.what(), "`tivit-run " + command + "` takes " + (one ? "a name, " : "") + "--json and --plugin FILE", "command line");
  }
  if (names.size() != (one ? 1 : 0))
    throw Error("`tivit-run " + command + "` takes " + (one ? "the name of one stage or resource" : "no name"),
                one ? "`tivit-run list` shows all names" : "use describe NAME", "command line");
  load_plugins(plugins);
  if (one)
    std::cout << (json ? describe_json(names[0]) : describe_text(names[0]));
  else
    std::cout << (json ? list_json() : list_text());
  return exit_ok;
}

}  // namespace tivit::cli
