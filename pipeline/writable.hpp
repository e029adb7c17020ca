#pragma once
// Whether results can be written where they are wanted: found out before a run starts, not when it ends.
#include <filesystem>
#include <string>
#include <tivit/faults.hpp>

namespace tivit {

/// Adds what stands in the way of writing this file, its folders made where they are missing. An empty path is no fault: it
/// stands for a place in the run directory. Leaves no trace.
void check_file(Faults& faults, const std::string& parameter, const std::filesystem::path& file);
/// The same for files in a folder.
void check_folder(Faults& faults, const std::string& parameter, const std::filesystem::path& folder);
/// A path that ends in `extension` is a file, another one a folder.
void check_file_or_folder(Faults& faults, const std::string& parameter, const std::filesystem::path& path, const std::string& extension);

}  // namespace tivit
