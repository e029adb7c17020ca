#pragma once
// Runs build/bin/tivit-run as a user does.
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/folders.hpp"

namespace tivit::tests {

struct Outcome {
  int code = -1;
  std::string out, err;
};

inline std::string read_text(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// `words` is a shell's command line; it runs in `folder`, after `environment` (`NAME=value`).
inline Outcome tivit_run(const std::filesystem::path& folder, const std::string& words, const std::string& environment = "") {
  const auto out = folder / ".out", err = folder / ".err";
  const std::string command = "cd '" + folder.string() + "' && " + environment + " '" + build_folder().string() + "/bin/tivit-run' " +
                              words + " >'" + out.string() + "' 2>'" + err.string() + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text(out), read_text(err)};
}

}  // namespace tivit::tests
