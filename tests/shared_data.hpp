#pragma once
// Data that tests read from outside the tree: the folder `shared` beside the checkout, or the one TIVIT_SHARED_DATA names.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>
#include <string>

#include "tests/folders.hpp"

namespace tivit::tests {

/// Full names of the test cases that were skipped so far; the test program's last line counts them.
inline std::set<std::string>& skipped_cases() {
  static std::set<std::string> names;
  return names;
}

/// Says why the running test case is skipped. With TIVIT_REQUIRE_SHARED=1 a skip is a failure.
inline void skip(const std::string& reason) {
  const char* require = std::getenv("TIVIT_REQUIRE_SHARED");
  if (require && std::string(require) == "1") {
    BOOST_ERROR("TIVIT_REQUIRE_SHARED=1 forbids this skip: " + reason);
    return;
  }
  const std::string name = boost::unit_test::framework::current_test_case().full_name();
  if (skipped_cases().insert(name).second) std::cout << "skipped " << name << ": " << reason << std::endl;
}

/// `relative` starts with "data/" or "golden/". TIVIT_SHARED_DATA names the data folder; golden lies beside it.
inline std::filesystem::path shared_path(const std::string& relative) {
  const char* set = std::getenv("TIVIT_SHARED_DATA");
  const auto data = (set && *set) ? std::filesystem::path(set) : source_folder() / "../shared/data";
  const std::filesystem::path wanted(relative);
  const auto rest = wanted.lexically_relative(*wanted.begin());
  return ((*wanted.begin() == "data" ? data : data / ".." / *wanted.begin()) / rest).lexically_normal();
}

/// The file or folder, or nothing after the running case was marked as skipped:
///   const auto clip = tivit::tests::shared("data/mta/test");
///   if (!clip) return;
inline std::optional<std::filesystem::path> shared(const std::string& relative) {
  const auto path = shared_path(relative);
  if (std::filesystem::exists(path)) return path;
  skip(path.string() + " does not exist (TIVIT_SHARED_DATA names the folder of shared data)");
  return std::nullopt;
}

}  // namespace tivit::tests
