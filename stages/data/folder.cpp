#include <stages/data/folder.hpp>

#include <algorithm>
#include <cstdlib>

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

std::string lower_extension(const fs::path& file) {
  auto extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension;
}

}  // namespace tivit::data
