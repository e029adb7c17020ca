#include <tivit/cli/replay_request.hpp>

#include <algorithm>
#include <CLI/CLI.hpp>
#include <tivit/error.hpp>

namespace tivit::cli {
namespace fs = std::filesystem;
namespace {

void declare(CLI::App& app, ReplayRequest& wish) {
  app.set_help_flag();
  app.add_option("DIR", wish.directory, "what the run left behind");
  app.add_option("--stage", wish.stage, "the stage that failed");
  app.add_option("--item", wish.item, "on which item");
  app.add_option("--set", wish.sets, "STAGE.PARAMETER=VALUE: what is to be different; may be given often")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--plugin", wish.plugins, "besides those of the run")->take_all()->allow_extra_args(false);
  app.add_option("--run-dir", wish.run_directory, "where results go (default: a new folder DIR/replays/STAGE-ITEM)");
  app.add_flag("--quiet", wish.quiet, "no progress lines");
  app.add_flag("-h,--help", wish.help, "this text");
}

}  // namespace

ReplayRequest read_replay_request(const std::vector<std::string>& words) {
  ReplayRequest wish;
  CLI::App app;
  declare(app, wish);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend() - 1));
  } catch (const CLI::ParseError& error) {
    throw Error(error.what(), "`tivit-run replay --help` shows how to ask", "command line");
  }
  if (!wish.help && wish.directory.empty())
    throw Error("no directory of a run was given", "quarantine.jsonl has the whole command for each failure", "command line");
  wish.directory = fs::absolute(wish.directory).lexically_normal();
  if (!wish.run_directory.empty()) wish.run_directory = fs::absolute(wish.run_directory).lexically_normal();
  for (auto& plugin : wish.plugins) plugin = fs::absolute(plugin).string();
  return wish;
}

std::string replay_help() {
  ReplayRequest wish;
  CLI::App app;
  declare(app, wish);
  std::string options;
  for (const auto* option : app.get_options())
    if (!option->get_positional()) {
      const std::string name = option->get_name(false, true);
      options += "  " + name + std::string(std::max<int>(1, 22 - static_cast<int>(name.size())), ' ') + option->get_description() + "\n";
    }
  return "A part of a run once more: what led to one failure, or all that one stage was given.\n\n"
         "usage: tivit-run replay RUN --stage NAME --item ID [OPTIONS]\n"
         "       tivit-run replay RUN [--stage NAME] [OPTIONS]   what --record NAME wrote down, and what is made of it now\n\n"
         "options\n" +
         options +
         "\nexit codes\n"
         "  0    the stage works on it now; it makes of all that was recorded what it made\n"
         "  1    it fails, as it did; it makes something else\n"
         "  2    there is nothing to replay\n";
}

}  // namespace tivit::cli
