#pragma once
// What items that come from files are called.
#include <filesystem>
#include <string>
#include <vector>

namespace tivit::notes {

/// Each file's stem; where other files have the same, as much of its end as no other shares: "010.mid" beside "010.txt",
/// "rescored/010" beside "out/010". The same file twice has the same name twice.
std::vector<std::string> names_of_files(const std::vector<std::filesystem::path>& files);

}  // namespace tivit::notes
