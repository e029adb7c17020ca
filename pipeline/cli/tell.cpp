#include <iostream>
#include <tivit/cli/command_line.hpp>
#include <tivit/cli/describe.hpp>
#include <tivit/cli/subcommand.hpp>
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
  const bool one = words[0] == "describe";
  bool json = false;
  std::vector<std::string> plugins, names;
  Subcommand command(
      words[0], one ? "Ports, parameters and an example of one stage or resource." : "All stages and resources, and where they come from.",
      {one ? "NAME [OPTIONS]" : "[OPTIONS]"});
  command.words(names);
  command.flag("--json", json, "as JSON");
  command.many("--plugin", "FILE", plugins, plugin_doc);
  if (!command.read(words)) return exit_ok;
  if (names.size() != (one ? 1 : 0))
    throw Error("`tivit-run " + words[0] + "` takes " + (one ? "the name of one stage or resource" : "no name"),
                one ? "`tivit-run list` shows all names" : "use describe NAME", "command line");
  load_plugins(plugins);
  if (one)
    std::cout << (json ? describe_json(names[0]) : describe_text(names[0]));
  else
    std::cout << (json ? list_json() : list_text());
  return exit_ok;
}

}  // namespace tivit::cli
