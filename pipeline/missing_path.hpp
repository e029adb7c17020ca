#pragma once
#include <filesystem>
#include <optional>
#include <tivit/error.hpp>

namespace tivit {

/// What is wrong with a path that must exist, if anything; without a place.
std::optional<Error> missing_path(const std::filesystem::path& path);

}  // namespace tivit
