#pragma once
// The pictures that stages left in a run directory, ready to be put into a page.
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tivit {

struct ReportPictures {
  std::vector<std::pair<std::string, std::string>> shown;  ///< path in the run directory, `data:` URL
  std::size_t left_out = 0;                                ///< of older epochs, or more than a page should hold
};
/// `.png` and `.svg` files, by path; below a folder with `epoch-N` folders only the last of these counts.
ReportPictures report_pictures(const std::filesystem::path& run_directory);

}  // namespace tivit
