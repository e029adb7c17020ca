#pragma once
// A file that others see whole or not at all: written under a temporary name beside its own, then renamed.
#include <filesystem>
#include <string>
#include <string_view>

namespace tivit {

class AtomicFile {
 public:
  /// Makes the folder if it is missing. Throws Error when the folder cannot be written.
  explicit AtomicFile(std::filesystem::path final_name);
  ~AtomicFile();  ///< removes the temporary file unless it was committed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }
  void commit();  ///< flushes to the disk and renames

 private:
  std::filesystem::path final_, temporary_;
  bool committed_ = false;
};

/// Adds bytes at the end: all of them, or where there is no room none. Throws Error.
void append_whole(const std::filesystem::path& path, std::string_view bytes);
/// What to do about an `errno` of a write that failed.
std::string write_remedy(int reason);
void write_file(const std::filesystem::path& path, std::string_view bytes);
/// The whole file; throws Error naming it.
std::string read_file(const std::filesystem::path& path);

}  // namespace tivit
