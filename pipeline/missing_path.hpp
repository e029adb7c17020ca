#pragma once
#include <filesystem>
#include <optional>
#include <tivit/error.hpp>

namespace tivit {

/// What is wrong with a path that must exist, if anything; without a place.
std::optional<Error> missing_path(const std::filesystem::path& path);

/// Throws Error for a folder, a pipe, a device: to open a pipe is to wait for somebody who writes.
void must_be_a_file(const std::filesystem::path& path);

}  // namespace tivit
