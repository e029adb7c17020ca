#pragma once
// The bytes a folder of cache files may take, kept by every process that uses the folder.
#include <cstdint>
#include <filesystem>
#include <string>

namespace tivit::video {

/// The folder's `usage` file holds the sum of its files' sizes; a lock on it makes renames and evictions one at a time.
/// Files of other names than the cache's are neither counted nor removed.
class DiskSpace {
 public:
  /// Makes the folder, and counts anew what lies in it. Throws Error where that is not possible.
  DiskSpace(std::filesystem::path directory, std::uint64_t limit_bytes);
  /// Gives `temporary` its name, after the files used longest ago have made room for it.
  void add(const std::filesystem::path& temporary, const std::filesystem::path& target);
  std::uint64_t used();

 private:
  class Locked;
  std::uint64_t make_room(std::uint64_t room);
  std::filesystem::path directory_;
  std::uint64_t limit_;
};

}  // namespace tivit::video
