#pragma once
// A clip: a window of a recording, and where the recording's video and labels lie.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stages/keyboard/key_geometry.hpp>
#include <string>
#include <string_view>
#include <tivit/port.hpp>
#include <tivit/time.hpp>

namespace tivit::data {

/// How rows of the time grid map to the file's frames.
/// `rate` rows a second; 0: the video's own frame rate. Row k shows the frame presented at k / rate (by timestamp).
/// `from_fps` > 0: in files of that container rate, frames repeat; row k is container frame ceil(k * from_fps / rate - 0.25),
/// and what it shows happened `offset` later than k / rate. Files of another rate are read by timestamp, without the offset.
struct FrameTimes {
  double rate = 0;
  double from_fps = 0;
  double offset_s = 0;
  bool operator==(const FrameTimes&) const = default;
};

struct Clip {
  std::string name;   ///< of the recording, unique in the data set: the file's stem
  std::string split;  ///< "train", "val", "test", or "" outside a data set
  std::filesystem::path video;
  std::filesystem::path labels;  ///< empty: none
  std::optional<keyboard::Corners> corners;
  FrameTimes frame_times;
  double duration_s = 0;     ///< of the recording, as far as known without opening it; 0: unknown
  double label_shift_s = 0;  ///< what the label file's times lag behind the picture's: labels/read adds it

  /// The window: rows [first_row, first_row + rows) of the recording's grid. rows < 0: to the end.
  std::int64_t first_row = 0;
  std::int64_t rows = -1;
  bool whole() const { return first_row == 0 && rows < 0; }
};

}  // namespace tivit::data

template <>
struct tivit::PortTraits<tivit::data::Clip> {
  static constexpr std::string_view name = "clip";
  static std::size_t bytes(const tivit::data::Clip&) { return sizeof(tivit::data::Clip); }
};
