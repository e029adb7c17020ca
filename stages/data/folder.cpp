#include <stages/data/folder.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tivit/error.hpp>
#include <tivit/text_format.hpp>

namespace tivit::data {
namespace fs = std::filesystem;

namespace {

/// What lies in a folder, as far as it can be read.
std::vector<fs::directory_entry> entries_of(const fs::path& folder, std::error_code& unreadable) {
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator at(folder, unreadable); !unreadable && at != fs::directory_iterator(); at.increment(unreadable))
    entries.push_back(*at);
  return entries;
}

/// Reads folders that are there before it follows links, so that what a link leads to has its own name where it has one.
class Walk {
 public:
  explicit Walk(const fs::path& root) {
    read(root);
    for (std::size_t i = 0; i < links_.size(); ++i) {  // what it leads to may hold more of them
      std::sort(links_.begin() + static_cast<std::ptrdiff_t>(i), links_.end());
      const auto link = links_[i];
      std::error_code unreadable;
      const auto target = fs::canonical(link, unreadable);
      const auto in_target = [&](const fs::path& folder) { return std::ranges::mismatch(target, folder).in1 == target.end(); };
      if (!unreadable) fs::directory_iterator(target, unreadable);
      if (unreadable || std::ranges::any_of(read_, in_target) || is_of_another_split(root, target))
        files.push_back(link);
      else
        read(link);
    }
  }
  std::vector<fs::path> files;

 private:
  /// A link must not bring what is tested on into what is trained on.
  static bool is_of_another_split(const fs::path& root, const fs::path& target) {
    const auto own = fs::canonical(root);
    const auto below = target.lexically_relative(own.parent_path());
    const auto first = below.empty() ? std::string() : below.begin()->string();
    return first != own.filename() && (first == "train" || first == "val" || first == "test");
  }
  void read(const fs::path& folder) {
    std::error_code unreadable;
    const auto own = fs::canonical(folder, unreadable);
    const auto entries = unreadable ? std::vector<fs::directory_entry>() : entries_of(folder, unreadable);
    if (unreadable) return files.push_back(folder);
    if (!read_.insert(own).second) return;
    for (const auto& entry : entries) {
      std::error_code unknown;
      if (!entry.is_directory(unknown))
        files.push_back(entry.path());
      else if (entry.is_symlink(unknown))
        links_.push_back(entry.path());
      else
        read(entry.path());
    }
  }

  std::vector<fs::path> links_;
  std::set<fs::path> read_;
};

}  // namespace

std::vector<fs::path> files_in(const fs::path& folder, bool recursive) {
  if (const auto why = why_unreadable(folder); !why.empty())
    throw Error("the folder cannot be read: " + why, "allow it to be read, or give another folder", folder.string());
  std::vector<fs::path> files;
  if (recursive) {
    files = Walk(folder).files;
  } else {
    std::error_code unreadable;
    for (const auto& entry : entries_of(folder, unreadable))
      if (std::error_code unknown; !entry.is_directory(unknown)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code unreadable;
  for (const auto& entry : entries_of(folder, unreadable))
    if (std::error_code unknown; entry.is_directory(unknown)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string why_unreadable(const fs::path& folder) {
  std::error_code unreadable;
  entries_of(folder, unreadable);
  return unreadable ? unreadable.message() : "";
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
    for (const auto& entry : entries_of(folder.empty() ? "." : folder, missing))
      if (std::error_code unreadable; entry.is_regular_file(unreadable))
        known->second[key(entry.path())].push_back(folder / entry.path().filename());
  auto found = known->second[key(file)];
  std::sort(found.begin(), found.end());
  std::stable_partition(found.begin(), found.end(), [&](const fs::path& one) { return one == file; });
  return found;
}

std::string FilesByName::key(const fs::path& file) { return file.stem().string() + lower_extension(file); }

}  // namespace tivit::data
