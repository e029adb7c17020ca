#pragma once
// From a decoded picture to the bytes of a tensor: cut out first, made smaller next, converted last.
#include <gst/video/video.h>

#include <memory>
#include <stages/video/scaled_picture.hpp>

namespace tivit::video {

/// What of a picture becomes 1 or 3 planes of height × width bytes: the box (width 0: all of it), averaged where it has another size.
struct Cut {
  Colour colour = Colour::gray;
  Box box;
  int height = 0, width = 0;
};

/// Throws Error, without a place, for a box that reaches out of a picture of this size.
void must_lie_in(const Box& box, int width, int height);

/// Keeps the converter of the last kind of picture, for a series of them. Not thread-safe.
class Pixels {
 public:
  void take(GstCaps* caps, GstBuffer* picture, const Cut& cut, std::uint8_t* out);

 private:
  struct Free {
    void operator()(GstVideoConverter* converter) const { gst_video_converter_free(converter); }
  };
  void convert(const GstVideoFrame& frame, Colour colour, const Box& box, std::uint8_t* out);
  std::unique_ptr<GstVideoConverter, Free> converter_;
  ScaledPicture scaled_;
  GstVideoInfo source_{}, target_{};
  Box box_;
  Colour colour_ = Colour::gray;
};

}  // namespace tivit::video
