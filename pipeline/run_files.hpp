#pragma once
// The JSON files that a run leaves in its directory.
#include <filesystem>
#include <nlohmann/json.hpp>

namespace tivit {

/// Throws Error for a folder in which no run was, and for a damaged file.
nlohmann::ordered_json read_manifest(const std::filesystem::path& run_directory);
/// The same for a run that has not ended, which has no account yet.
nlohmann::ordered_json read_account(const std::filesystem::path& run_directory);

}  // namespace tivit
