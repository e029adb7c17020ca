#pragma once
// The clock that muxers write into MP4 and QuickTime files.
#include <filesystem>

namespace tivit::video {

/// Sets every creation and modification time in the file's `moov` to 0, in place, so that equal pictures give equal bytes.
void zero_creation_times(const std::filesystem::path& file);

}  // namespace tivit::video
