#pragma once
// GStreamer, made safe to hold: initialised once, references that release themselves, errors as tivit::Error.
#include <gst/gst.h>

#include <memory>
#include <string>

namespace tivit::video {

/// Initialises GStreamer and the watch over its log (decode_log.hpp); any number of calls, any thread.
void init_gstreamer();

struct Unref {
  void operator()(GstElement* element) const { gst_object_unref(element); }
  void operator()(GstBus* bus) const { gst_object_unref(bus); }
  void operator()(GstPad* pad) const { gst_object_unref(pad); }
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstMessage* message) const { gst_message_unref(message); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

/// A pipeline that stops when it goes out of scope.
struct StopAndUnref {
  void operator()(GstElement* pipeline) const;
};
using Pipeline = std::unique_ptr<GstElement, StopAndUnref>;

/// Makes an element; throws Error naming the plugin package to install when it is not there.
GstElement* make_element(const char* factory);

/// "no such file (detail)": the text of an ERROR or WARNING message.
std::string message_text(GstMessage* message);

}  // namespace tivit::video
