#pragma once
// A GStreamer pipeline by its text, played to its end with one decoder thread.
#include <stages/video/gst.hpp>
#include <string>
#include <tivit/error.hpp>

namespace tivit::bench {

inline void play(const std::string& text) {
  GError* error = nullptr;
  video::Pipeline pipeline(gst_parse_launch(text.c_str(), &error));
  if (error) throw Error(text + ": " + error->message);
  const auto one_thread = [](GstBin*, GstBin*, GstElement* element, gpointer) {
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), "max-threads")) g_object_set(element, "max-threads", 1, nullptr);
  };
  g_signal_connect(pipeline.get(), "deep-element-added", G_CALLBACK(+one_thread), nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  video::Ref<GstBus> bus(gst_element_get_bus(pipeline.get()));
  const auto kinds = static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  video::Ref<GstMessage> end(gst_bus_timed_pop_filtered(bus.get(), GST_CLOCK_TIME_NONE, kinds));
  if (GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_ERROR) throw Error(text + ": " + video::message_text(end.get()));
}

}  // namespace tivit::bench
