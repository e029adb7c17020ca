#pragma once
// What is known of a video once it was scanned from end to end: when each frame is shown, and where decoding can begin.
#include <cstdint>
#include <map>
#include <optional>
#include <stages/video/decoding_chain.hpp>
#include <stages/video/shown_bytes.hpp>
#include <string>
#include <tivit/time.hpp>
#include <vector>

namespace tivit::video {

struct FrameTable {
  /// Frames [first, last) that a decoder called damaged while the table was made.
  struct Damage {
    std::int64_t first = 0, last = 0;
    std::string what;
  };
  int width = 0, height = 0;
  std::string orientation;                ///< how players turn it, as GStreamer calls that: "rotate-90"; empty: they do not
  int pixel_width = 1, pixel_height = 1;  ///< as players show a pixel
  std::string container;                  ///< the demuxer's name: "qtdemux"
  std::string codec;                      ///< "video/x-h264"
  Chain chain;                            ///< what decodes it
  ShownBytes shown;                       ///< what its demuxer is shown
  bool seekable = false;                  ///< seeks of this container land where they were asked to
  bool proved = true;                     ///< false: of a container that has often lied; what comes out is compared while it is read
  Nanoseconds start = 0;                  ///< stream time of the first frame; `times` count from it
  std::vector<Nanoseconds> times;         ///< of every frame, in the order shown, rising; times[0] is 0
  Nanoseconds end = 0;                    ///< when the last frame is no longer shown
  std::vector<std::int64_t> keys;         ///< frames that decode without any other, rising; keys[0] is 0
  std::vector<Damage> damage;

  std::int64_t count() const { return static_cast<std::int64_t>(times.size()); }
  /// What players do with the picture, and this program does not: "orientation" and "pixel_aspect", where there is something to say.
  std::map<std::string, std::string> display() const;
  /// Frames a second: exactly the rate the times stand for where they are regular, else their mean.
  double fps() const { return fps_; }
  /// Every frame lies within half a frame of its place at `fps()`, so that frame i is row i.
  bool regular() const { return regular_; }
  /// The frame shown at `time_s`; times of containers are rounded to milliseconds, so one that starts 0.6 ms later counts too.
  std::int64_t shown_at(double time_s) const;
  /// The last frame at or before `frame` where decoding can begin.
  std::int64_t key_before(std::int64_t frame) const;
  /// The frame that carries this time (counted from `start`), or -1: none within a quarter of a frame.
  std::int64_t frame_of(Nanoseconds time) const;
  /// What damage in the coded picture of `time` spoils: from the first picture that may lean on it, though it is shown before it
  /// (`before`: the times decoded so far, without a break), to the next one that decodes alone. Pictures that an edit list leaves out spoil
  /// what leans on them, which may be nothing: an empty range. Nothing is returned when the time is unknown.
  std::optional<Damage> spoiled(Nanoseconds time, const std::vector<Nanoseconds>& before, const std::string& what) const;
  /// Sorts out the rate once times and end are there.
  void finish();

 private:
  double fps_ = 0;
  bool regular_ = false;
};

}  // namespace tivit::video
