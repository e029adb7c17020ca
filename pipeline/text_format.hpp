#pragma once
// Numbers put into words, and names of files taken apart.
#include <filesystem>
#include <string>

namespace tivit {

/// printf's.
__attribute__((format(printf, 1, 2))) std::string format(const char* pattern, ...);

/// A file's extension in lower case, with its dot: what kind of file it is, whatever camera or system named it.
std::string lower_extension(const std::filesystem::path& file);

}  // namespace tivit
