#include <stages/report/canvas.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tivit::report {

void Canvas::box(double x, double y, double width, double height, const Colour& colour) const {
  ink(colour);
  cairo_rectangle(cairo_, x, y, width, height);
  cairo_fill(cairo_);
}

void Canvas::frame(double x, double y, double width, double height, const Colour& colour) const {
  ink(colour);
  cairo_set_line_width(cairo_, 1);
  cairo_rectangle(cairo_, std::floor(x) + 0.5, std::floor(y) + 0.5, std::round(width), std::round(height));
  cairo_stroke(cairo_);
}

void Canvas::bar(double x, double y, double width, double height, const Colour& colour) const {
  const double radius = std::min({1.8, width / 2, height / 2}), quarter = std::numbers::pi / 2;
  ink(colour);
  cairo_new_sub_path(cairo_);
  cairo_arc(cairo_, x + width - radius, y + radius, radius, -quarter, 0);
  cairo_arc(cairo_, x + width - radius, y + height - radius, radius, 0, quarter);
  cairo_arc(cairo_, x + radius, y + height - radius, radius, quarter, 2 * quarter);
  cairo_arc(cairo_, x + radius, y + radius, radius, 2 * quarter, 3 * quarter);
  cairo_close_path(cairo_);
  cairo_fill(cairo_);
}

void Canvas::line(double x0, double y0, double x1, double y1, const Colour& colour) const {
  ink(colour);
  cairo_set_line_width(cairo_, 1);
  const double half_x = x0 == x1 ? 0.5 : 0, half_y = y0 == y1 ? 0.5 : 0;
  cairo_move_to(cairo_, std::floor(x0) + half_x, std::floor(y0) + half_y);
  cairo_line_to(cairo_, std::floor(x1) + half_x, std::floor(y1) + half_y);
  cairo_stroke(cairo_);
}

void Canvas::stroke(double x0, double y0, double x1, double y1, double width, const Colour& colour) const {
  ink(colour);
  cairo_set_line_width(cairo_, width);
  cairo_set_line_cap(cairo_, CAIRO_LINE_CAP_ROUND);
  cairo_move_to(cairo_, x0, y0);
  cairo_line_to(cairo_, x1, y1);
  cairo_stroke(cairo_);
}

double Canvas::text(const std::string& text, double x, double y, double size, const Colour& colour, Align align, bool bold) const {
  cairo_select_font_face(cairo_, "sans-serif", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo_, size);
  cairo_text_extents_t extents;
  cairo_text_extents(cairo_, text.c_str(), &extents);
  const double shift = align == Align::left ? 0 : align == Align::centre ? extents.x_advance / 2 : extents.x_advance;
  ink(colour);
  cairo_move_to(cairo_, x - shift, y);
  cairo_show_text(cairo_, text.c_str());
  return extents.x_advance;
}

}  // namespace tivit::report
