#pragma once
// What the bits of one coded picture say about it, where containers are known to be wrong.
#include <gst/gst.h>

namespace tivit::video {

/// Nothing before it is needed to decode it and what follows. Containers also flag H.264 I-pictures that are not IDR, and
/// what follows those may look back.
bool decodes_alone(GstCaps* caps, GstBuffer* picture);
/// Nothing else is decoded from it: a decoder that never sees it gives every other picture unchanged. Known of H.264 alone.
bool is_disposable(GstCaps* caps, GstBuffer* picture);
/// VP8 hides pictures that are only referred to; they never come out of a decoder.
bool is_shown(GstCaps* caps, GstBuffer* picture);
/// Codecs whose every coded, shown picture comes out of a decoder, at the time the container gives it.
bool is_well_behaved(GstCaps* caps);

}  // namespace tivit::video
