#pragma once
// What lies in a folder.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tivit::data {

/// Sorted. Links to folders are followed, each folder is read once: a link to one that is read already, or holds one that is, is listed
/// itself, and so are a link that leads nowhere and a folder that cannot be read. Whoever looks at one says what is wrong with it. Throws
/// Error where `folder` itself cannot be read.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, bool recursive);
std::vector<std::string> folders_in(const std::filesystem::path& folder);  ///< names, sorted; none where it cannot be read
/// Why a folder cannot be read; "" where it can.
std::string why_unreadable(const std::filesystem::path& folder);

/// `~/…` as the home folder.
std::filesystem::path expanded(const std::filesystem::path& path);
/// A relative path is one below `root` if that exists, else one from the current folder.
std::filesystem::path below(const std::filesystem::path& root, const std::filesystem::path& path);
/// Whether the file is of one of these kinds (".mp4"), in whatever case its extension and theirs are written.
bool has_extension(const std::filesystem::path& file, const std::vector<std::string>& extensions);

/// Looks files up by name, their extension in any case; each folder is read once.
class FilesByName {
 public:
  /// Those that are there: the one of exactly this name first, the others sorted.
  std::vector<std::filesystem::path> find(const std::filesystem::path& file);

 private:
  static std::string key(const std::filesystem::path& file);
  std::map<std::filesystem::path, std::map<std::string, std::vector<std::filesystem::path>>> folders_;
};

}  // namespace tivit::data
