#pragma once
// One pass over a file, as scan() makes it: with or without decoding.
#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stages/video/frame_table.hpp>
#include <stages/video/gst.hpp>
#include <stages/video/mp4_edits.hpp>
#include <stages/video/stop.hpp>
#include <string>
#include <utility>
#include <vector>

namespace tivit::video {

struct Picture {
  Nanoseconds time = -1, duration = -1;
  bool alone = false;
};

/// What both kinds of pass collect; filled on streaming threads.
struct Pass {
  std::mutex mutex;
  std::vector<Picture> coded, shown;
  EditList edits;
  Nanoseconds others_end = 0;
  Nanoseconds shift = 0;                                    ///< of the container's own times against ours
  std::vector<std::pair<std::size_t, std::string>> damage;  // coded pictures so far, and the line
  bool cut_off = false;
  bool untrusted = false;
  bool looks_back_in_vain = false;  ///< pictures that lean on what came before the last random access picture are not decoded
  bool ended = false;               ///< the sequence, with the last picture
  Ref<GstCaps> caps;
  std::atomic<std::uint64_t> progress{0};

  void damaged(const std::string& what) {
    std::lock_guard lock(mutex);
    if (what.find("short read") != std::string::npos)
      cut_off = true;
    else
      damage.emplace_back(coded.size(), what);
  }
};

/// When a buffer that passes a pad is shown, and for how long.
Picture picture_of(GstPad* pad, GstBuffer* buffer);
/// Notes a coded picture on its way.
void on_coded(Pass& pass, GstPad* pad, GstBuffer* buffer);
/// Notes another stream's buffer: the file is as long as its longest stream.
void on_other(Pass& pass, GstPad* pad, GstBuffer* buffer);
Nanoseconds announced_duration(GstElement* pipeline);
/// Fills in how players show the picture that came to `end`; `caps` describe it. After the container.
void set_display(FrameTable& table, GstPad* end, GstCaps* caps, const std::filesystem::path& file);
/// A sink that takes everything at once.
GstElement* drain();
/// Fills the table's times; `shown` is in the order shown and not empty. Nothing is seen from `end` on.
void set_times(FrameTable& table, const std::vector<Picture>& shown, Nanoseconds end);
/// Throws Error where the file holds less than its container announces.
void must_be_whole(const Pass& pass, const FrameTable& table, Nanoseconds announced, const std::filesystem::path& file);

/// Without decoding. Nothing: this file's container or codec cannot be believed.
std::optional<FrameTable> scan_container(const std::filesystem::path& file, const std::string& demuxer, const Stop& stop);

}  // namespace tivit::video
