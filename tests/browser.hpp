#pragma once
// Runs one of the Python scripts that look at a page in headless Chromium, and reads the JSON that it prints.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/folders.hpp"
#include "tests/shared_data.hpp"

namespace tivit::tests {

/// Nothing, where TIVIT_NO_BROWSER says so; the case is then skipped.
inline std::optional<nlohmann::json> in_browser(const std::string& script, const std::vector<std::filesystem::path>& arguments,
                                                const std::filesystem::path& folder) {
  if (const char* none = std::getenv("TIVIT_NO_BROWSER"); none && *none) {
    skip("TIVIT_NO_BROWSER is set");
    return std::nullopt;
  }
  const auto out = folder / "in_browser.json", err = folder / "in_browser.err";
  std::string command = "/usr/bin/python3 -B " + source_folder().string() + "/tests/explanations/" + script;
  for (const auto& argument : arguments) command += " '" + argument.string() + "'";
  command += " >'" + out.string() + "' 2>'" + err.string() + "'";
  const int status = std::system(command.c_str());
  std::ostringstream complaint;
  complaint << std::ifstream(err).rdbuf();
  BOOST_TEST_REQUIRE(status == 0, complaint.str()
                                      << "\nscripts/setup.sh --test installs the browser; TIVIT_NO_BROWSER=1 leaves such tests out");
  std::ifstream in(out);
  return nlohmann::json::parse(in);
}

}  // namespace tivit::tests
