#include <tivit/cli/replay_request.hpp>

#include <tivit/cli/subcommand.hpp>
#include <tivit/error.hpp>
#include <tivit/run_program.hpp>

namespace tivit::cli {
namespace fs = std::filesystem;

std::optional<ReplayRequest> read_replay_request(const std::vector<std::string>& words) {
  ReplayRequest wish;
  std::vector<std::string> directories;
  std::optional<std::string> run_directory;
  Subcommand command(
      "replay", "A part of a run once more: what led to one failure, or all that one stage was given.",
      {"RUN --stage NAME --item ID [OPTIONS]", "RUN [--stage NAME] [OPTIONS]   what --record NAME wrote down, and what is made of it now"});
  command.words(directories);
  command.option("--stage", "NAME", wish.stage, "the stage that failed, or was recorded");
  command.option("--item", "ID", wish.item, "on which item, as quarantine.jsonl writes it");
  command.many("--set", "NAME=VALUE", wish.sets, "STAGE.PARAMETER=VALUE: what is to be different; may be given often");
  command.many("--plugin", "FILE", wish.plugins, "besides those of the run; may be given often");
  command.option("--run-dir", "DIR", run_directory, "where results go (default: a new folder RUN/replays/STAGE-ITEM)");
  command.flag("--quiet", wish.quiet, "no progress lines");
  command.exit_code(exit_ok, "the stage works on it now; it makes of all that was recorded what it made");
  command.exit_code(exit_failed,
                    "it fails, as it did, or the item does not come to it; it makes something else; the recording is cut short");
  command.exit_code(exit_wrong_input, "there is nothing to replay");
  if (!command.read(words)) return std::nullopt;
  if (directories.size() != 1)
    throw Error(directories.empty() ? "no directory of a run was given" : "one run is replayed, not " + std::to_string(directories.size()),
                "quarantine.jsonl has the whole command for each failure", "command line");
  if (run_directory && run_directory->empty())
    throw Error("--run-dir: it names no folder", "give another, or leave it out", "command line");
  wish.directory = fs::absolute(directories[0]).lexically_normal();
  if (run_directory) wish.run_directory = fs::absolute(*run_directory).lexically_normal();
  for (auto& plugin : wish.plugins) plugin = fs::absolute(plugin).string();
  return wish;
}

}  // namespace tivit::cli
