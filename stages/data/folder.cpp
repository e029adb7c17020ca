#include <stages/data/folder.hpp>

#include <algorithm>
#include <cstdlib>
#include <tivit/text_format.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder, bool recursive) {
  std::vector<fs::path> files;
  const auto add = [&](const fs::directory_entry& entry) {
    std::error_code unreadable;
    if (!entry.is_directory(unreadable)) files.push_back(entry.path());
  };
  if (recursive)
    for (const auto& entry : fs::recursive_directory_iterator(folder)) add(entry);
  else
    for (const auto& entry : fs::directory_iterator(folder)) add(entry);
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

fs::path expanded(const fs::path& path) {
  const char* home = std::getenv("HOME");
  return home && path.string().starts_with("~/") ? fs::path(home) / path.string().substr(2) : path;
}

fs::path below(const fs::path& root, const fs::path& path) {
  const auto there = expanded(path);
  return there.is_relative() && fs::exists(expanded(root) / there) ? expanded(root) / there : there;
}

bool has_extension(const fs::path& file, const std::vector<std::string>& extensions) {
  const auto own = lower_extension(file);
  return !own.empty() &&
         std::any_of(extensions.begin(), extensions.end(), [&](const std::string& one) { return lower_extension("x" + one) == own; });
}

std::vector<fs::path> FilesByName::find(const fs::path& file) {
  const auto folder = file.parent_path();
  const auto [known, added] = folders_.try_emplace(folder);
  std::error_code missing;
  if (added)
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, missing))
      if (std::error_code unreadable; entry.is_regular_file(unreadable))
        known->second[key(entry.path())].push_back(folder / entry.path().filename());
  auto found = known->second[key(file)];
  std::sort(found.begin(), found.end());
  std::stable_partition(found.begin(), found.end(), [&](const fs::path& one) { return one == file; });
  return found;
}

std::string FilesByName::key(const fs::path& file) { return file.stem().string() + lower_extension(file); }

}  // namespace tivit::data
