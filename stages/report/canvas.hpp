#pragma once
// The few strokes that our pictures are made of, on top of Cairo.
#include <cairo.h>

#include <string>

namespace tivit::report {

struct Colour {
  double red, green, blue;
  constexpr Colour darker(double share) const { return {red * share, green * share, blue * share}; }
};
enum class Align { left, centre, right };

/// Coordinates are pixels from the top left; text stands on `y`. Does not own the context.
class Canvas {
 public:
  explicit Canvas(cairo_t* cairo) : cairo_(cairo) {}
  void box(double x, double y, double width, double height, const Colour& colour) const;
  void frame(double x, double y, double width, double height, const Colour& colour) const;
  void bar(double x, double y, double width, double height, const Colour& colour) const;              ///< a box with round corners
  void line(double x0, double y0, double x1, double y1, const Colour& colour) const;                  ///< horizontal or vertical, sharp
  void stroke(double x0, double y0, double x1, double y1, double width, const Colour& colour) const;  ///< in any direction
  double text(const std::string& text, double x, double y, double size, const Colour& colour, Align align = Align::left,
              bool bold = false) const;  ///< the text's width

 private:
  void ink(const Colour& colour) const { cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue); }
  cairo_t* cairo_;
};

}  // namespace tivit::report
