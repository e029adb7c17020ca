#pragma once
// Makes a video's frame table: one pass over the file.
#include <filesystem>
#include <stages/video/frame_table.hpp>
#include <stages/video/stop.hpp>

namespace tivit::video {

/// MP4, QuickTime, Matroska and ASF with a codec that keeps its promises are read without decoding; everything else is decoded once,
/// and what comes out is what counts. Throws Error for files that are missing, foreign, without video or truncated.
FrameTable scan(const std::filesystem::path& file, const Stop& stop = {});
/// Decodes in any case.
FrameTable scan_decoding(const std::filesystem::path& file, const Stop& stop);

}  // namespace tivit::video
