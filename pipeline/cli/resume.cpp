#include <filesystem>
#include <nlohmann/json.hpp>
#include <tivit/cli/command_line.hpp>
#include <tivit/run_files.hpp>

namespace tivit::cli {

BegunCommand command_of(const std::string& run_directory) {
  const auto manifest = read_manifest(run_directory);
  try {
    return {manifest.at("command"), manifest.at("working_directory").get<std::string>()};
  } catch (const nlohmann::json::exception& error) {
    throw Error(std::string("it does not say what was typed: ") + error.what(), "name the graph and its arguments again",
                (std::filesystem::path(run_directory) / "manifest.json").string());
  }
}

std::vector<std::string> without_directories(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--resume" || words[i] == "--run-dir") {
      ++i;
    } else if (words[i] != "--resume-anyway" && !words[i].starts_with("--resume=") && !words[i].starts_with("--run-dir=")) {
      out.push_back(words[i]);
    }
  }
  return out;
}

}  // namespace tivit::cli
