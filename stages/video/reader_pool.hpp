#pragma once
// Open decoders that nobody uses now, kept for the next window of the same file.
#include <memory>
#include <stages/video/reader.hpp>

namespace tivit::video {

/// The idle reader of this file from which `frame` is nearest, or a new one. Thread-safe.
std::unique_ptr<Reader> take_reader(const std::shared_ptr<const VideoFile>& file, int threads, std::int64_t frame);
/// Gives a reader back; the one that was idle longest is closed when there are more than a few.
void keep_reader(std::unique_ptr<Reader> reader);

}  // namespace tivit::video
