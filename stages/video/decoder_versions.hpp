#pragma once
#include <string>

namespace tivit::video {

/// Name and version of everything that has a say in what a decoded picture is: GStreamer's plugins, and FFmpeg's libraries, which are
/// updated on their own.
std::string decoder_versions();

}  // namespace tivit::video
