#pragma once
// Runs the program as a user does, and looks at what it leaves behind.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/folders.hpp"

namespace tivit::tests {
namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<nlohmann::json> read_json_lines(const fs::path& path) {
  std::vector<nlohmann::json> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

/// An empty folder of this name below the build folder.
inline fs::path fresh_folder(const std::string& name) {
  const fs::path folder = build_folder() / "tests" / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

inline fs::path sample_set() { return build_folder() / "sample"; }
inline std::string graph(const std::string& name) { return (source_folder() / "graphs" / name).string(); }

struct Outcome {
  int code = -1;
  std::string output;  ///< stdout and stderr
  double wall_s = 0;
  double peak_mib = 0;  ///< of memory that was resident, files that were mapped included
};

class Program {
 public:
  explicit Program(const std::vector<std::string>& arguments, const fs::path& working_directory, const fs::path& log) : log_(log) {
    std::fflush(nullptr);  // or the child would write it again
    pid_ = ::fork();
    if (pid_ == 0) {
      std::vector<std::string> all{(build_folder() / "bin/tivit-run").string()};
      all.insert(all.end(), arguments.begin(), arguments.end());
      std::vector<char*> argv;
      for (auto& argument : all) argv.push_back(argument.data());
      argv.push_back(nullptr);
      if (::chdir(working_directory.c_str()) != 0) ::_exit(127);
      if (!std::freopen(log.c_str(), "w", stdout) || ::dup2(1, 2) < 0) ::_exit(127);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
  }
  void signal(int number) { ::kill(pid_, number); }
  /// How many threads it has now; 0 when it has ended.
  int threads() const {
    std::error_code gone;
    const fs::directory_iterator tasks("/proc/" + std::to_string(pid_) + "/task", gone);
    return gone ? 0 : static_cast<int>(std::distance(begin(tasks), end(tasks)));
  }
  bool running() {
    int status = 0;
    if (done_) return false;
    if (::wait4(pid_, &status, WNOHANG, &usage_) != pid_) return true;
    done_ = true;
    status_ = status;
    return false;
  }
  Outcome wait() {
    const auto begin = std::chrono::steady_clock::now();
    int status = status_;
    if (!done_) ::wait4(pid_, &status, 0, &usage_);
    Outcome outcome;
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.peak_mib = static_cast<double>(usage_.ru_maxrss) / 1024;
    outcome.output = read_file(log_);
    outcome.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return outcome;
  }

 private:
  pid_t pid_ = -1;
  fs::path log_;
  bool done_ = false;
  int status_ = 0;
  rusage usage_{};
};

inline Outcome run(const std::vector<std::string>& arguments, const fs::path& folder) {
  return Program(arguments, folder, folder / "output.log").wait();
}

}  // namespace tivit::tests
