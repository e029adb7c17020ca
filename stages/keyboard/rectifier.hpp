#pragma once
// From a picture of a keyboard to its strip: a table of weighted source pixels, made once for each camera position.
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <stages/keyboard/geometry.hpp>
#include <vector>

namespace tivit::keyboard {

/// A rectangle of whole source pixels.
struct PixelBox {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const PixelBox&) const = default;
};

/// The part of the picture that the strip shows, with the pixels that interpolation needs.
PixelBox needed_box(const Corners& corners, PictureSize picture, const StripLayout& layout);

/// A strip pixel is the mean of the source over the area it covers where that is more than a source pixel, and the
/// bilinear interpolation at its centre elsewhere. What lies outside the picture continues its border. Integer
/// arithmetic: the same bytes on every machine. Calls may overlap.
class Rectifier {
 public:
  /// `window`: the part of the picture that calls will be given.
  Rectifier(const Corners& corners, PictureSize picture, const StripLayout& layout, PixelBox window);
  Rectifier(const Corners& corners, PictureSize picture, const StripLayout& layout)
      : Rectifier(corners, picture, layout, {0, 0, picture.width, picture.height}) {}

  /// One plane: `window` rows of `window.width` bytes without gaps in, `layout.height_px` × `layout.width_px()` bytes out.
  void operator()(const std::uint8_t* source, std::uint8_t* strip) const;
  const KeyGeometry& geometry() const { return geometry_; }
  const PixelBox& window() const { return window_; }

 private:
  struct Tap {
    std::uint32_t pixel;
    std::uint32_t weight;  ///< of 2^16 for the whole strip pixel
  };
  KeyGeometry geometry_;
  PixelBox window_;
  std::vector<std::uint32_t> ends_;  ///< taps of strip pixel i end here
  std::vector<Tap> taps_;
};

/// The rectifiers that were used last, for stages that see several cameras. Safe to call from any thread.
class RectifierCache {
 public:
  std::shared_ptr<const Rectifier> get(const Corners& corners, PictureSize picture, const StripLayout& layout, PixelBox window);

 private:
  struct Entry {
    Corners corners;
    PictureSize picture;
    StripLayout layout;
    std::shared_ptr<const Rectifier> rectifier;
  };
  std::mutex mutex_;
  std::list<Entry> entries_;  ///< most recently used first
};

}  // namespace tivit::keyboard
