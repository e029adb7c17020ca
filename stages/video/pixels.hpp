#pragma once
// From a decoded picture to the bytes of a tensor: cut out first, converted afterwards.
#include <ATen/core/Tensor.h>
#include <gst/video/video.h>

#include <memory>
#include <stages/video/video_file.hpp>

namespace tivit::video {

/// Keeps the converter of the last kind of picture, for a series of them. Not thread-safe.
class Pixels {
 public:
  /// u8[1 or 3, height, width] of the sample's picture.
  at::Tensor take(GstSample* sample, Colour colour, const Box& box);

 private:
  struct Free {
    void operator()(GstVideoConverter* converter) const { gst_video_converter_free(converter); }
  };
  at::Tensor convert(GstVideoFrame& frame, Colour colour, const Box& box);
  std::unique_ptr<GstVideoConverter, Free> converter_;
  GstVideoInfo source_{}, target_{};
  Box box_;
  Colour colour_ = Colour::gray;
};

}  // namespace tivit::video
