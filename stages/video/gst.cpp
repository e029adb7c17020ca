#include <stages/video/gst.hpp>

#include <stages/video/decode_log.hpp>
#include <tivit/error.hpp>
#include <tivit/run_versions.hpp>

#include <map>
#include <mutex>

namespace tivit::video {
namespace {

const bool told = add_run_version("GStreamer", [] {
  guint major = 0, minor = 0, micro = 0, nano = 0;
  gst_version(&major, &minor, &micro, &nano);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(micro);
});

}  // namespace

void init_gstreamer() {
  static std::once_flag once;
  std::call_once(once, [] {
    GError* error = nullptr;
    if (!gst_init_check(nullptr, nullptr, &error)) {
      const std::string why = error ? error->message : "unknown reason";
      g_clear_error(&error);
      throw Error("GStreamer cannot start: " + why);
    }
    watch_decode_log();
  });
}

void StopAndUnref::operator()(GstElement* pipeline) const {
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
}

GstElement* make_element(const char* factory) {
  if (GstElement* element = gst_element_factory_make(factory, nullptr)) return element;
  static const std::map<std::string, std::string> packages = {
      {"x264enc", "gstreamer1.0-plugins-ugly"}, {"asfdemux", "gstreamer1.0-plugins-ugly"}, {"h264parse", "gstreamer1.0-plugins-bad"},
      {"mp4mux", "gstreamer1.0-plugins-good"},  {"qtmux", "gstreamer1.0-plugins-good"},    {"matroskamux", "gstreamer1.0-plugins-good"}};
  const auto found = packages.find(factory);
  throw Error(std::string("the GStreamer element \"") + factory + "\" is not installed",
              "install the package " + (found == packages.end() ? "gstreamer1.0-plugins-base" : found->second));
}

std::string message_text(GstMessage* message) {
  GError* error = nullptr;
  gchar* detail = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
    gst_message_parse_error(message, &error, &detail);
  else
    gst_message_parse_warning(message, &error, &detail);
  std::string text = error ? error->message : "unknown error";
  // The detail's last line says what happened; those before it name lines of GStreamer's sources.
  if (detail) {
    const std::string all = detail;
    const auto line = all.rfind('\n');
    if (line != std::string::npos && line + 1 < all.size()) text += " (" + all.substr(line + 1) + ")";
  }
  g_clear_error(&error);
  g_free(detail);
  return text;
}

}  // namespace tivit::video
