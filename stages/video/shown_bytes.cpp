#include <stages/video/shown_bytes.hpp>

#include <gst/gst.h>

#include <algorithm>
#include <cstring>

namespace tivit::video {
namespace {

GstPadProbeReturn on_bytes(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!buffer) return GST_PAD_PROBE_OK;
  const std::uint64_t begin = info->offset, end = begin + gst_buffer_get_size(buffer);
  for (const auto& piece : static_cast<const ShownBytes*>(data)->pieces) {
    const auto from = std::max(begin, piece.place), to = std::min(end, piece.place + piece.values.size());
    if (from >= to) continue;
    info->data = buffer = gst_buffer_make_writable(buffer);
    gst_buffer_fill(buffer, from - begin, piece.values.data() + (from - piece.place), to - from);
  }
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn on_event(GstPad*, GstPadProbeInfo* info, gpointer) {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_SEGMENT) return GST_PAD_PROBE_OK;
  GstSegment segment;
  gst_event_copy_segment(event, &segment);
  segment.stop = GST_CLOCK_TIME_NONE;
  GstEvent* open = gst_event_new_segment(&segment);
  gst_event_set_seqnum(open, gst_event_get_seqnum(event));
  gst_event_unref(event);
  info->data = open;
  return GST_PAD_PROBE_OK;
}

}  // namespace

void show_bytes(GstPad* source, const ShownBytes& shown) {
  const auto pulled = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_PULL | GST_PAD_PROBE_TYPE_BUFFER);
  gst_pad_add_probe(source, pulled, on_bytes, const_cast<ShownBytes*>(&shown), nullptr);
}

void open_segments(GstPad* pad) { gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, nullptr, nullptr); }

}  // namespace tivit::video
