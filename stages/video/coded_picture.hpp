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
/// What the units of an H.265 picture say of it; nothing, for other codecs.
struct HevcUnits {
  bool random_access = false;  ///< decoding may begin here
  bool begins_anew = false;    ///< ... and does: what leans on pictures before it is not decoded
  bool leans_back = false;     ///< shown before the random access picture it follows, and may refer to what came before that (RASL)
  bool ends_sequence = false;  ///< the next picture begins anew
};
HevcUnits hevc_units(GstCaps* caps, GstBuffer* picture);
/// Throws Error for pictures that GStreamer's decoder dies of.
void must_be_known(GstCaps* caps);
/// Codecs whose every coded, shown picture comes out of a decoder, at the time the container gives it.
bool is_well_behaved(GstCaps* caps);

}  // namespace tivit::video
