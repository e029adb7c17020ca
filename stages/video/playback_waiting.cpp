// Waiting for a pipeline: never without an end, never deaf to a cancelled run.
#include <stages/video/playback.hpp>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

using Clock = std::chrono::steady_clock;
constexpr GstClockTime slice = 50 * GST_MSECOND;

}  // namespace

void Playback::must_have_video() const {
  if (all_pads_ && !has_video_) throw Error("has no video stream", "give a file with a picture", file_.string());
}

bool Playback::check_bus() {
  Ref<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  bool ended = false;
  const auto kinds = static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS);
  while (Ref<GstMessage> message{gst_bus_pop_filtered(bus.get(), kinds)}) {
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS) {
      ended = true;
      continue;
    }
    const auto text = message_text(message.get());
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_WARNING) {
      if (hooks_.damaged) hooks_.damaged(text);
      continue;
    }
    throw Error("cannot be played: " + text,
                text.find("plug-in") != std::string::npos ? "install the package gstreamer1.0-libav" : "check that the file is whole",
                file_.string());
  }
  return ended;
}

bool Playback::preroll(const Stop& stop) {
  const auto begin = Clock::now();
  for (;;) {
    const auto state = gst_element_get_state(pipeline_.get(), nullptr, nullptr, slice);
    if (check_bus()) return false;
    if (state == GST_STATE_CHANGE_SUCCESS || state == GST_STATE_CHANGE_NO_PREROLL) return true;
    if (state == GST_STATE_CHANGE_FAILURE)
      throw Error("cannot be played: the decoder does not start", "check that the file is whole", file_.string());
    must_have_video();
    if (stop && stop()) throw Cancelled();
    if (Clock::now() - begin > stall_)
      throw Error("the decoder gave no picture within " + std::to_string(stall_.count()) + " ms", "check that the file is whole",
                  file_.string());
  }
}

void Playback::run_to_end(const std::function<std::uint64_t()>& progress, const Stop& stop) {
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    check_bus();
    throw Error("cannot be played: the decoder does not start", "", file_.string());
  }
  Ref<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  auto last = progress();
  auto moved = Clock::now();
  for (;;) {
    const auto kinds = static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
    Ref<GstMessage> message(gst_bus_timed_pop_filtered(bus.get(), slice, kinds));
    if (message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS) break;
    if (message) gst_bus_post(bus.get(), message.release());
    check_bus();
    must_have_video();
    if (stop && stop()) throw Cancelled();
    if (const auto now = progress(); now != last) last = now, moved = Clock::now();
    if (Clock::now() - moved > stall_)
      throw Error("the decoder stands still for " + std::to_string(stall_.count()) + " ms", "check that the file is whole", file_.string());
  }
  check_bus();
  must_have_video();
}

}  // namespace tivit::video
