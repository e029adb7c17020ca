#pragma once
// What a file's first bytes and its buffers' stamps say.
#include <gst/gst.h>

#include <filesystem>
#include <string>
#include <tivit/time.hpp>

namespace tivit::video {

/// The demuxer whose seeks and tables can be trusted ("qtdemux", "matroskademux"), by the file's first bytes, or "".
/// Throws Error for a file that is missing or cannot be read.
std::string trusted_demuxer(const std::filesystem::path& file);

/// A buffer's place in stream time; -1 when it has none or lies outside what is presented.
Nanoseconds stream_time(const GstSegment* segment, GstBuffer* buffer);
Nanoseconds stream_time(GstPad* pad, GstBuffer* buffer);

}  // namespace tivit::video
