#pragma once
// What tells whether another file stands at a path now, without reading it.
#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <tuple>

namespace tivit {

/// Device, inode, size and the time of the last change of its content.
using FileStamp = std::tuple<dev_t, ino_t, off_t, time_t, long>;

/// Nothing, and errno, where it cannot be told.
inline std::optional<FileStamp> stamp_of(const std::filesystem::path& file) {
  struct stat info;
  if (stat(file.c_str(), &info) != 0) return std::nullopt;
  return FileStamp{info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

}  // namespace tivit
