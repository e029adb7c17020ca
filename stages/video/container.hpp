#pragma once
// What a file's first bytes and its buffers' stamps say.
#include <gst/gst.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <tivit/time.hpp>

namespace tivit::video {

/// The demuxer that reads this kind of file, by its first bytes: "qtdemux" and "matroskademux", whose seeks and stamps can be trusted,
/// "asfdemux", which is believed until its stamps differ from what the decoder shows, or "".
/// Throws Error for a file that is missing or cannot be read.
std::string known_demuxer(const std::filesystem::path& file);

/// How many bytes fewer a RIFF file (AVI) has than its headers announce; 0 for every other file.
std::uint64_t riff_bytes_missing(const std::filesystem::path& file);

/// A buffer's place in stream time; -1 when it has none or lies outside what is presented.
Nanoseconds stream_time(const GstSegment* segment, GstBuffer* buffer);
Nanoseconds stream_time(GstPad* pad, GstBuffer* buffer);

/// Whether it begins before what is presented, though its end may be presented.
bool begins_early(GstPad* pad, GstBuffer* buffer);

}  // namespace tivit::video
