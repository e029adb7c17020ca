#pragma once
// Decoders say in GStreamer's log, and nowhere else, that a picture is damaged: a broken file plays to its end without one bus
// message. This watches the log and tells the pipeline that was at work.
//
// libav's lines carry no object. What names the pipeline is a thread-local, set as each of its streaming threads starts; with one
// decoder thread libav works on such a thread. Lines from a decoder's own threads are only counted: who sees the count grow
// decodes again with one thread.
#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <string>

namespace tivit::video {

/// Hears of damage while its pipeline's thread works. Called on GStreamer's threads.
class DamageListener {
 public:
  virtual ~DamageListener() = default;
  virtual void damaged(const std::string& what) = 0;
};

/// Installed once by init_gstreamer().
void watch_decode_log();
/// Has a category of GStreamer's log give lines of this level, and those that the user asked for by GST_DEBUG.
void at_least(const char* category, GstDebugLevel level);
/// GStreamer hands threads from one pipeline to the next, so only a weak reference is kept. Lines of this thread belong to `listener` from
/// now on; nullptr: to nobody.
void attribute_log_to(std::shared_ptr<DamageListener> listener);
/// Error lines that came from threads nobody claimed.
std::uint64_t unattributed_damage();

}  // namespace tivit::video
