#pragma once
// A folder for files of a test, gone with it.
#include <filesystem>
#include <map>
#include <string>

namespace tivit::testing {

class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// The bytes of every file in it, by its path from here.
  std::map<std::string, std::string> files() const;

 private:
  std::filesystem::path path_;
};

}  // namespace tivit::testing
