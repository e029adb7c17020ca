#pragma once
// What is asked for with `tivit-run replay`.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tivit::cli {

struct ReplayRequest {
  std::filesystem::path directory, run_directory;
  std::string stage;
  std::optional<std::string> item;
  std::vector<std::string> sets, plugins;
  bool quiet = false;
};

/// Nothing when only --help was asked for. Throws Error. Paths are made absolute: a replay works in the folder in which its run did.
std::optional<ReplayRequest> read_replay_request(const std::vector<std::string>& words);

}  // namespace tivit::cli
