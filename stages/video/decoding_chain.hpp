#pragma once
// Which elements of GStreamer decode a video.
#include <string>
#include <vector>

using GstCaps = struct _GstCaps;

namespace tivit::video {

/// What follows the source of bytes, the demuxer first: alone, it only demuxes. Empty: decodebin finds out.
using Chain = std::vector<std::string>;

/// For what `demuxer` gives as these caps. decodebin would choose the same elements and put queues and threads of its own between them;
/// where this does not know which, the chain is empty.
Chain decoding_chain(const std::string& demuxer, GstCaps* caps);

}  // namespace tivit::video
