#pragma once
// Draws a keyboard and the hands on it, seen by a camera, with Cairo.
#include <cairo.h>

#include <array>
#include <memory>
#include <stages/keyboard/geometry.hpp>
#include <stages/keyboard/hands.hpp>
#include <tivit/dice.hpp>

namespace tivit::keyboard {

/// How far each key is down, 0 … 1.
using Depths = std::array<double, 88>;

class Painter {
 public:
  Painter(const Corners& corners, PictureSize picture, Dice& dice);

  /// One frame; the picture stays the painter's and is drawn over by the next call. Pixels are 0x00RRGGBB.
  const std::uint32_t* frame(const Depths& depths, const std::array<const HandPose*, 2>& hands);
  int stride_pixels() const { return cairo_image_surface_get_stride(frame_.get()) / 4; }

 private:
  struct Free {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  };
  using Surface = std::unique_ptr<cairo_surface_t, Free>;
  using Pen = std::unique_ptr<cairo_t, Free>;

  void furniture(Dice& dice);
  void white_key(int index, double depth);
  void black_key(int index, double depth);
  void hand(const HandPose& pose, double shadow, double sideways, double lengthways);
  void quad(double left, double top, double right, double bottom);
  void grey(double level, double alpha = 1);
  void to(Point keyboard);
  void line(Point from, Point to, double width);

  PictureSize picture_;
  Homography map_;
  double unit_px_;  ///< a white key's width
  Surface frame_, still_;
  Pen pen_;
  std::array<double, 88> tone_{};  ///< of each key: no two are quite alike
  Point camera_, light_;           ///< in keyboard coordinates; where shadows fall
  std::array<double, 3> skin_{}, sleeve_{};
};

}  // namespace tivit::keyboard
