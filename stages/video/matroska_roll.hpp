#pragma once
#include <filesystem>
#include <string>

namespace tivit::video {

/// How players turn the picture of a Matroska file, as GStreamer calls that ("rotate-90"), or "": its demuxer does not look.
std::string matroska_orientation(const std::filesystem::path& file);

}  // namespace tivit::video
