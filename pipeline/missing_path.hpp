#pragma once
#include <filesystem>
#include <optional>
#include <tivit/error.hpp>

namespace tivit {

/// What is wrong with a path that must exist, if anything; without a place.
std::optional<Error> missing_path(const std::filesystem::path& path);

/// A folder, a pipe, a socket, a device; nothing for files and for what is not there.
std::optional<Error> not_a_file(const std::filesystem::path& path);
/// Throws it: to open a pipe is to wait for somebody who writes.
void must_be_a_file(const std::filesystem::path& path);

}  // namespace tivit
