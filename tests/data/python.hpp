#pragma once
// Runs the system's Python (with NumPy) as the second implementation of a file format.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/folders.hpp"

namespace tivit::tests {

/// A folder in the build tree for the files of one test.
inline std::filesystem::path folder(const std::string& name) {
  const auto path = build_folder() / "test_output" / "data" / name;
  std::filesystem::create_directories(path);
  return path;
}

/// "" when the script succeeds, else what it printed.
inline std::string python(const std::string& script, const std::vector<std::filesystem::path>& arguments) {
  const auto file = folder("scripts") / "script.py";
  std::ofstream(file) << script;
  std::string command = "PYTHONUTF8=1 /usr/bin/python3 '" + file.string() + "'";
  for (const auto& argument : arguments) command += " '" + argument.string() + "'";
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string output;
  char buffer[4096];
  while (const auto got = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
  const int status = ::pclose(pipe);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? output : "failed: " + output;
}

}  // namespace tivit::tests
