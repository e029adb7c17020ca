#include <stages/video/decode_log.hpp>
#include <stages/video/gst.hpp>

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace tivit::video {
namespace {

thread_local std::weak_ptr<DamageListener> listener_of_thread;
std::atomic<std::uint64_t> unattributed{0};

void on_log(GstDebugCategory* category, GstDebugLevel level, const gchar*, const gchar*, gint, GObject*, GstDebugMessage* message,
            gpointer) {
  const char* name = gst_debug_category_get_name(category);
  const char* text = gst_debug_message_get(message);
  // A decoder that finds its pad flushing, as where a reader seeks or ends, calls that a failed negotiation: no picture is damaged.
  const bool flushing = text && std::strcmp(text, "negotiation failed") == 0;
  const bool decoder = level == GST_LEVEL_ERROR && std::strcmp(name, "libav") == 0 && !flushing;
  // A file that was cut off is a warning of the demuxer, and the plain end of the stream for everyone else.
  const bool cut = level <= GST_LEVEL_WARNING && std::strcmp(name, "qtdemux") == 0 && text && std::strstr(text, "short read");
  if (!decoder && !cut) return;
  if (const auto listener = listener_of_thread.lock())
    listener->damaged(text ? text : "");
  else if (decoder)
    unattributed.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

void at_least(const char* name, GstDebugLevel level) {
  // Made now, as the plugin would make it: with the threshold that GST_DEBUG names. The plugin finds it there.
  GstDebugCategory* category = nullptr;
  GST_DEBUG_CATEGORY_INIT(category, name, 0, name);
  if (gst_debug_category_get_threshold(category) < level) gst_debug_category_set_threshold(category, level);
}

void watch_decode_log() {
  // Without GST_DEBUG nobody asked to see GStreamer's own lines.
  if (!std::getenv("GST_DEBUG")) gst_debug_remove_log_function(gst_debug_log_default);
  gst_debug_set_active(TRUE);
  at_least("libav", GST_LEVEL_ERROR);
  at_least("qtdemux", GST_LEVEL_WARNING);
  gst_debug_add_log_function(on_log, nullptr, nullptr);
}

void attribute_log_to(std::shared_ptr<DamageListener> listener) { listener_of_thread = listener; }
std::uint64_t unattributed_damage() { return unattributed.load(std::memory_order_relaxed); }

}  // namespace tivit::video
