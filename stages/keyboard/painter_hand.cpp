// A hand as Painter draws it: sleeve, wrist, palm and five fingers, or the shadow of all that.
#include <stages/keyboard/painter.hpp>

namespace tivit::keyboard {

void Painter::hand(const HandPose& pose, double shadow, double sideways, double lengthways) {
  auto* pen = pen_.get();
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
  double middle = 0;
  for (const Point& tip : pose.tips) middle += tip.x / 5;
  const auto moved = [&](double x, double y) { return Point{x + sideways, y + lengthways}; };
  const auto colour = [&](const std::array<double, 3>& rgb, double shade) {
    if (shadow > 0)
      cairo_set_source_rgba(pen, 0, 0, 0, shadow);
    else
      cairo_set_source_rgb(pen, rgb[0] * shade, rgb[1] * shade, rgb[2] * shade);
  };
  const double wider = shadow > 0 ? 0.25 : 0;
  colour(skin_, 0.92);
  line(moved(middle, 1.3), moved(middle + 0.1 * (26 - middle) * 0.3, 2.1), 2.6 + wider);  // wrist
  for (const Point& knuckle : {Point{-1.4, 1.13}, {-0.7, 1.1}, {0, 1.09}, {0.7, 1.1}, {1.4, 1.13}})
    line(moved(middle + knuckle.x, knuckle.y), moved(middle + knuckle.x * 0.6, 1.35), 1.3 + wider);
  for (int i = 0; i < 5; ++i) {
    const Point& tip = pose.tips[i];
    const Point knuckle{middle + (i - 2) * 0.8, 1.12};
    colour(skin_, 0.86 + 0.03 * i);
    line(moved(knuckle.x, knuckle.y), moved(tip.x, tip.y), 0.74 + wider);
    if (shadow > 0) continue;
    cairo_set_source_rgba(pen, 1, 0.9, 0.85, 0.35);
    line(tip, {tip.x, tip.y + 0.015}, 0.4);
  }
  colour(sleeve_, 1);
  line(moved(middle + 0.03 * (26 - middle), 2.0), moved(middle + 0.2 * (26 - middle), 3.4), 3.6 + wider);
}

}  // namespace tivit::keyboard
