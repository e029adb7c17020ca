#pragma once
// A decoded picture of three planes, averaged to another size and only then converted: nothing of full size is ever written.
#include <gst/video/video.h>

#include <array>
#include <stages/video/area_sums.hpp>
#include <stages/video/video_file.hpp>

namespace tivit::video {

/// RGB of 0 to 255 from luma and the two chroma values.
struct ColourMatrix {
  float luma = 0, red_in_red = 0, red_in_green = 0, blue_in_green = 0, blue_in_blue = 0, red = 0, green = 0, blue = 0;
  static ColourMatrix of(const GstVideoInfo& info);
};

/// Keeps the tables of the last kind of picture, for a series of them. Not thread-safe.
class ScaledPicture {
 public:
  /// Planes of 8-bit luma and chroma, one byte a sample, of a known matrix.
  static bool can(const GstVideoInfo& info);
  /// 1 or 3 planes of height × width bytes, each the mean over a cell of the box. RGB equals a conversion of every pixel (with the
  /// chroma sample that covers it) before area_resize, but for colours that RGB lacks: they are clipped after the mean.
  void take(const GstVideoFrame& frame, Colour colour, const Box& box, int height, int width, std::uint8_t* out);

 private:
  struct Kind {
    int format = 0, matrix = 0, range = 0, height = 0, width = 0;
    Box box;
    bool operator==(const Kind&) const = default;
  };
  void prepare(const GstVideoInfo& info, const Kind& kind);

  Kind kind_;
  ColourMatrix matrix_;
  std::vector<AreaSums> planes_;
  std::array<std::vector<std::int32_t>, 3> sums_;  ///< of one row of cells
};

}  // namespace tivit::video
