#pragma once
// What lies in a folder.
#include <filesystem>
#include <string>
#include <vector>

namespace tivit::data {

/// Sorted. Links that lead nowhere are listed too: whoever looks at one says what is wrong with it.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder, bool recursive);
std::vector<std::string> folders_in(const std::filesystem::path& folder);  ///< names, sorted

/// `~/…` as the home folder.
std::filesystem::path expanded(const std::filesystem::path& path);
/// A relative path is one below `root` if that exists, else one from the current folder.
std::filesystem::path below(const std::filesystem::path& root, const std::filesystem::path& path);
/// In lower case, with its dot.
std::string lower_extension(const std::filesystem::path& file);

}  // namespace tivit::data
