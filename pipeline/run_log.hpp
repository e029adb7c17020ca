#pragma once
// What a run says: on stderr, and line by line in log.jsonl.
#include <filesystem>

namespace tivit {

/// From now on spdlog's default logger writes to stderr and to log.jsonl of this directory.
void start_log(const std::filesystem::path& directory);

}  // namespace tivit
