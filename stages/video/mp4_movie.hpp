#pragma once
// What the head of an MP4 or QuickTime file says of its tracks.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stages/video/mp4_boxes.hpp>
#include <vector>

namespace tivit::video {

/// A line of an edit list.
struct Edit {
  std::uint64_t duration;   ///< in the movie's units; 0: all that is left
  std::int64_t media_time;  ///< in the media's; -1: nothing is shown
  std::uint64_t rate;       ///< 0x10000: as it was recorded
};
struct Mp4Clock {
  std::uint64_t scale = 0, duration = 0;  ///< units a second, and how many units
  std::uint64_t place = 0;                ///< of the duration in the file,
  int bytes = 4;                          ///< and its length there
};
struct EditBox {
  std::uint64_t place = 0;  ///< of its number of edits in the file; they follow
  int bytes = 4;            ///< of a duration, and of a time
  std::vector<Edit> edits;
};
struct Mp4Track {
  bool video = false, sound = false;
  std::uint64_t samples = 0;
  Mp4Clock media;
  std::uint64_t length = 0;  ///< of all samples together, in its units: what the clock says may be more, or nothing
  std::optional<EditBox> list;
};
struct Mp4Movie {
  Mp4Clock clock;
  bool fragmented = false;
  std::vector<Mp4Track> tracks;
};

/// Without tracks where the file has no head that can be read.
Mp4Movie movie_of(const std::filesystem::path& file);

}  // namespace tivit::video
