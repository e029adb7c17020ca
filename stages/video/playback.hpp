#pragma once
// A GStreamer pipeline over one file: from its bytes to coded pictures, or on to decoded ones.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stages/video/decode_log.hpp>
#include <stages/video/decoding_chain.hpp>
#include <stages/video/gst.hpp>
#include <stages/video/shown_bytes.hpp>
#include <stages/video/stop.hpp>
#include <string>
#include <vector>

namespace tivit::video {

struct PlaybackHooks {
  /// Every coded picture: before the decoder, or at the end of a pipeline that only demuxes. On a streaming thread.
  std::function<void(GstPad*, GstBuffer*)> coded = {};
  /// Whether a coded picture is kept from the decoder.
  std::function<bool(GstPad*, GstBuffer*)> skipped = {};
  /// Other streams' buffers, as they are coded.
  std::function<void(GstPad*, GstBuffer*)> other = {};
  /// A log line about damage, from a thread of this pipeline.
  std::function<void(const std::string&)> damaged = {};
  ShownBytes shown = {};
};

/// How long a pipeline may stand still before that is an error.
constexpr std::chrono::seconds stall_limit{30};

class Playback {
 public:
  /// `sink` takes the video (this object owns it then).
  Playback(std::filesystem::path file, const Chain& chain, GstElement* sink, int threads, PlaybackHooks hooks,
           std::chrono::milliseconds stall = stall_limit);
  ~Playback();
  Playback(const Playback&) = delete;
  Playback& operator=(const Playback&) = delete;

  GstElement* pipeline() const { return pipeline_.get(); }
  const std::string& demuxer() const { return demuxer_; }
  /// Throws what the bus says went wrong; true when the stream has ended.
  bool check_bus();
  /// Waits until the first picture has arrived at the sink. False: the stream ended before.
  bool preroll(const Stop& stop);
  /// Plays to the end; `progress` is a number that changes while work is done. Throws when it stands still.
  void run_to_end(const std::function<std::uint64_t()>& progress, const Stop& stop);

 private:
  class Listener;
  static void on_demuxed(GstElement*, GstPad* pad, gpointer self);
  static void on_element(GstBin*, GstBin*, GstElement* element, gpointer self);
  static void on_pad(GstElement*, GstPad* pad, gpointer self);
  static void on_all_pads(GstElement*, gpointer self);
  /// Throws when every stream of the file is known and none is video.
  void must_have_video() const;
  /// Adds what comes after the demuxer, linked to the sink.
  void add_decoder(const Chain& chain);
  static gboolean on_continue(GstElement*, GstPad*, GstCaps* caps, gpointer);
  static GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer self);
  static GstPadProbeReturn on_coded(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  static GstPadProbeReturn on_other(GstPad* pad, GstPadProbeInfo* info, gpointer self);

  std::filesystem::path file_;
  std::string demuxer_;
  bool decode_, decodebin_;
  int threads_;
  std::chrono::milliseconds stall_;
  PlaybackHooks hooks_;
  std::shared_ptr<DamageListener> listener_;
  GstElement* sink_;
  GstElement* video_ = nullptr;  ///< where the demuxer's video goes
  std::atomic<bool> has_video_{false}, all_pads_{false};
  std::atomic<GstPad*> coded_video_{nullptr};  ///< the demuxer's pad that decodebin follows
  Pipeline pipeline_;                          // last: its threads use all of the above
};

}  // namespace tivit::video
