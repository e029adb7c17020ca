#include <stages/video/decoding_chain.hpp>

#include <gst/gst.h>

#include <memory>

namespace tivit::video {
namespace {

bool is_there(const char* factory) {
  GstElementFactory* found = gst_element_factory_find(factory);
  if (found) gst_object_unref(found);
  return found;
}

/// The decoder of GStreamer's libav plugin that takes these caps of WMV 1 to 3, or "".
std::string wmv_decoder(GstCaps* caps) {
  const auto kinds = GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO;
  const std::unique_ptr<GList, void (*)(GList*)> all(gst_element_factory_list_get_elements(kinds, GST_RANK_MARGINAL),
                                                     gst_plugin_feature_list_free);
  for (const GList* at = all.get(); at; at = at->next) {
    auto* factory = GST_ELEMENT_FACTORY(at->data);
    const std::string name = GST_OBJECT_NAME(factory);
    if (name.starts_with("avdec_wmv") && gst_element_factory_can_sink_any_caps(factory, caps)) return name;
  }
  return "";
}

}  // namespace

Chain decoding_chain(const std::string& demuxer, GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const bool h264 = gst_structure_has_name(structure, "video/x-h264");
  if (!h264 && !gst_structure_has_name(structure, "video/x-wmv")) return {};
  if (h264) return is_there("h264parse") && is_there("avdec_h264") ? Chain{demuxer, "h264parse", "avdec_h264"} : Chain{};
  const auto decoder = wmv_decoder(caps);
  return decoder.empty() ? Chain{} : Chain{demuxer, decoder};
}

}  // namespace tivit::video
