#pragma once
// Memory for decoded pictures that is never copied on its way out of the decoder.
#include <gst/gst.h>

namespace tivit::video {

/// Lets the decoder in front of this sink pad write pictures where they will be read, rows as long as it likes. Pictures must only be
/// read. A decoder keeps what it refers to open for writing, though it writes no more; GStreamer then copies every picture that is
/// passed on. Memory from here is shared instead, and belongs to the decoder again only when no reader has it.
void offer_picture_memory(GstPad* sink);

}  // namespace tivit::video
