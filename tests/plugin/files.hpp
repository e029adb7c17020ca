#pragma once
// The plugins made for these tests, and files made of them.
#include <filesystem>
#include <string>
#include <tivit/atomic_file.hpp>

namespace tivit::tests {

inline std::filesystem::path plugin(const std::string& name) {
  return std::filesystem::canonical(std::filesystem::path(PLUGIN_DIR) / name / (name + ".so"));
}

/// An empty folder of this test.
inline std::filesystem::path scratch(const std::string& name) {
  const auto folder = std::filesystem::path(PLUGIN_DIR) / "scratch" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

/// What is thrown, as text.
template <class F>
std::string thrown(const F& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace tivit::tests
