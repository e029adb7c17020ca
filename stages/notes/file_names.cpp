#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <stages/notes/file_names.hpp>

namespace tivit::notes {
namespace {
namespace fs = std::filesystem;

/// The file's own name and that many folders before it, as far as there are so many.
std::string end_of(const fs::path& file, std::size_t folders, bool extension) {
  fs::path end = extension ? file.filename() : file.stem();
  auto folder = file.parent_path();
  for (; folders > 0 && folder.has_filename(); --folders, folder = folder.parent_path()) end = folder.filename() / end;
  return (folders > 0 && folder.has_root_path() ? folder / end : end).string();
}

}  // namespace

std::vector<std::string> names_of_files(const std::vector<fs::path>& files) {
  std::vector<fs::path> paths;
  std::size_t longest = 0;
  for (const auto& file : files) {
    auto path = file.lexically_normal();
    paths.push_back(path.has_filename() ? std::move(path) : path.parent_path());
    longest = std::max(longest, static_cast<std::size_t>(std::distance(paths.back().begin(), paths.back().end())));
  }
  std::vector<std::string> names(files.size());
  std::vector<char> named(files.size());
  std::size_t open = files.size();
  for (std::size_t folders = 0; folders <= longest && open > 0; ++folders)
    for (const bool extension : {false, true}) {
      std::map<std::string, std::set<fs::path>> called;
      for (const auto& path : paths) called[end_of(path, folders, extension)].insert(path);
      for (std::size_t i = 0; i < paths.size(); ++i) {
        const std::string end = end_of(paths[i], folders, extension);
        if (!named[i] && called.at(end).size() == 1) names[i] = end, named[i] = true, --open;
      }
    }
  return names;
}

}  // namespace tivit::notes
