#pragma once
// Where the file of a recording lies below a folder.
#include <filesystem>
#include <string>

namespace tivit::notes {

/// A name with slashes is a path, and its file lies where its video does in the data set's folder: there labels are looked for. No part of
/// it leads out of the folder.
inline std::filesystem::path name_as_path(const std::string& name) {
  std::filesystem::path path;
  for (const auto& part : std::filesystem::path(name).relative_path()) path /= part == ".." ? "_" : part;
  return path;
}

}  // namespace tivit::notes
