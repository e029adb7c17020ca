#pragma once
// Graphs of graphs/ with a stage that misbehaves between the batches and the model.
#include <random>

#include "tests/folders.hpp"
#include "tests/graphs/sample.hpp"

namespace tivit::tests {

inline fs::path misbehave_plugin() { return fs::path(FAULTS_DIR) / "misbehave.so"; }

/// `trouble`: the lines of [stages.trouble] that say what happens to which batch.
inline fs::path graph_with_trouble(const fs::path& folder, const std::string& name, const std::string& trouble) {
  const fs::path file = folder / (name + ".toml");
  std::ofstream(file) << "include = [\"" << graph(name + ".toml") << "\"]\n[run]\nplugins = [\"" << misbehave_plugin().string()
                      << "\"]\n[stages.trouble]\nuse = \"faults/misbehave\"\nin = \"batch\"\n"
                      << trouble << "[stages.forward]\nuse = \"model/forward\"\nin = \"trouble\"\nmodel = \"model\"\n";
  return file;
}

inline std::vector<std::string> short_training(const fs::path& graph_file, const fs::path& run_directory, int epochs,
                                               const std::string& validate_every = "never", const fs::path& set = sample_set()) {
  return std::vector<std::string>{graph_file.string(),
                                  "--quiet",
                                  "--run-dir",
                                  run_directory.string(),
                                  "--set",
                                  "epochs=" + std::to_string(epochs),
                                  "--set",
                                  "draws=16",
                                  "--set",
                                  "run.precision=fp32",
                                  "--set",
                                  "validate_every=" + validate_every,
                                  "--set",
                                  "clips.root=" + set.string(),
                                  "--set",
                                  "cache=" + (build_folder() / "tests/cache").string()};
}

/// Flips bytes inside the coded pictures, in the second half of the file, where the index does not lie.
inline void damage(const fs::path& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = static_cast<std::int64_t>(fs::file_size(path));
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    const std::int64_t at = size / 4 + static_cast<std::int64_t>(random() % static_cast<unsigned>(size / 2));
    file.seekg(at);
    const char byte = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 0x55));
  }
}

/// Runs a line of a shell in the root folder, with the program in the path.
inline Outcome shell(const std::string& line, const fs::path& log) {
  const std::string command = "cd / && PATH='" + build_folder().string() + "/bin':\"$PATH\"; " + line + " >'" + log.string() + "' 2>&1";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(log)};
}

/// {"stage": {"in": …, "done": …, …}, …} of account.json.
inline std::map<std::string, nlohmann::json> account_of(const fs::path& run_directory) {
  std::map<std::string, nlohmann::json> stages;
  const auto account = nlohmann::json::parse(read_file(run_directory / "account.json"));
  for (const auto& stage : account.value("stages", nlohmann::json::array())) stages[stage["stage"].get<std::string>()] = stage;
  return stages;
}

}  // namespace tivit::tests
