#pragma once
// Edit lists of MP4 and QuickTime files: which part of what was recorded is shown. Files that were trimmed without coding them anew have
// them, and so has every file of an encoder that delays pictures.
//
// GStreamer's demuxer ends such a file too early, at about the first key picture that is decoded later than the film is long. So it is
// shown the file with an edit list that has everything, and what is not to be seen is left out by who makes the frame table.
#include <filesystem>
#include <limits>
#include <stages/video/shown_bytes.hpp>
#include <tivit/time.hpp>

namespace tivit::video {

struct EditList {
  ShownBytes shown;
  Nanoseconds begin = 0, end = std::numeric_limits<Nanoseconds>::max();  ///< of what is seen, in the time of the file that is shown

  /// A picture is seen if it begins in this time, as other readers have it; containers round.
  bool has(Nanoseconds time) const {
    constexpr Nanoseconds rounding = 500'000;
    return time >= begin - rounding && time < end - rounding;
  }
};

/// The first video track's. Of other files, and of those in fragments (which the demuxer reads right): that everything is seen.
/// Throws Error for an edit list of several parts, or one at another speed.
EditList edits_of(const std::filesystem::path& file);

}  // namespace tivit::video
