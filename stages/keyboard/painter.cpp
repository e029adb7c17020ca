#include <stages/keyboard/painter.hpp>

#include <cmath>
#include <cstring>

namespace tivit::keyboard {
namespace {

double between(double a, double b, double part) { return a + (b - a) * part; }

}  // namespace

Painter::Painter(const Corners& corners, PictureSize picture, Dice& dice)
    : picture_(picture),
      map_(keyboard_to_picture(corners)),
      frame_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture.width, picture.height)),
      still_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture.width, picture.height)) {
  const Point a = map_({26, 0.5}), b = map_({27, 0.5});
  unit_px_ = std::hypot(b.x - a.x, b.y - a.y);
  camera_ = {dice.uniform(22, 30), 0.5};
  light_ = {dice.uniform(-0.7, 0.7), dice.uniform(-0.12, -0.03)};
  for (auto& tone : tone_) tone = dice.uniform(-0.02, 0.02);
  const double pale = dice.uniform(0.45, 0.85);
  skin_ = {pale, pale * 0.76, pale * 0.62};
  sleeve_ = {dice.uniform(0.05, 0.6), dice.uniform(0.05, 0.6), dice.uniform(0.05, 0.6)};
  pen_.reset(cairo_create(still_.get()));
  cairo_translate(pen_.get(), 0.5, 0.5);  // Cairo's pixels have their centre half a pixel from their corner, ours at it
  furniture(dice);
  for (int i = 0; i < 88; ++i)
    if (!is_black(i)) white_key(i, 0);
  for (int i = 0; i < 88; ++i)
    if (is_black(i)) black_key(i, 0);
  pen_.reset(cairo_create(frame_.get()));
  cairo_translate(pen_.get(), 0.5, 0.5);
}

void Painter::to(Point keyboard) {
  const Point p = map_(keyboard);
  cairo_line_to(pen_.get(), p.x, p.y);
}
void Painter::grey(double level, double alpha) { cairo_set_source_rgba(pen_.get(), level, level * 0.99, level * 0.95, alpha); }
void Painter::quad(double left, double top, double right, double bottom) {
  to({left, top}), to({right, top}), to({right, bottom}), to({left, bottom});
  cairo_close_path(pen_.get());
  cairo_fill(pen_.get());
}
void Painter::line(Point from, Point end, double width) {
  to(from), to(end);
  cairo_set_line_width(pen_.get(), width * unit_px_);
  cairo_stroke(pen_.get());
}

void Painter::furniture(Dice& dice) {
  auto* pen = pen_.get();
  const double floor = dice.uniform(0.15, 0.45), wood = dice.uniform(0.06, 0.2);
  cairo_set_source_rgb(pen, floor, floor * 0.9, floor * 0.8);
  cairo_paint(pen);
  cairo_set_line_width(pen, 1);
  for (int i = 0; i < 220; ++i) {  // boards and scratches
    cairo_set_source_rgba(pen, 0, 0, 0, dice.uniform(0.02, 0.12));
    const double x = dice.uniform(-50, picture_.width), y = dice.uniform(0, picture_.height);
    cairo_move_to(pen, x, y);
    cairo_line_to(pen, x + dice.uniform(20, 160), y + dice.uniform(-2, 2));
    cairo_stroke(pen);
  }
  cairo_set_source_rgb(pen, wood * 1.2, wood, wood * 0.9);
  quad(-1.8, -0.9, white_keys + 1.8, 1.14);
  for (int i = 0; i < 60; ++i) {  // grain of the fallboard
    grey(dice.uniform(0, 0.3), 0.15);
    const double x = dice.uniform(-1.5, white_keys - 8), y = dice.uniform(-0.85, -0.05);
    line({x, y}, {x + dice.uniform(2, 8), y + dice.uniform(-0.01, 0.01)}, 0.06);
  }
  cairo_set_source_rgb(pen, 0.35, 0.08, 0.1);
  quad(0, -0.035, white_keys, 0);  // felt
  grey(0.04);
  quad(0, 0, white_keys, 1);  // what is seen between the keys
}

void Painter::white_key(int index, double depth) {
  auto* pen = pen_.get();
  const auto span = key_span(index);
  const double level = 0.84 + tone_[index] - 0.015 * depth;
  const double sink = 0.012 * depth;
  grey(level * 0.95);
  quad(span[0] + 0.04, 0, span[1] - 0.04, 0.5);
  grey(level);
  quad(span[0] + 0.04, 0.49, span[1] - 0.04, 0.985 - sink);
  grey(level * 0.6);
  quad(span[0] + 0.05, 0.985 - sink, span[1] - 0.05, 1);  // the front edge
  if (depth <= 0) return;
  // A neighbour's side comes into sight on the side that lies away from the camera.
  const bool right = (span[0] + span[1]) / 2 > camera_.x;
  const double edge = right ? span[0] + 0.07 : span[1] - 0.07;
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_BUTT);
  grey(0.05, 0.75 * depth);
  line({edge, 0.02}, {edge, black_key_length}, 0.13);
  grey(0.25, 0.5 * depth);
  line({edge, black_key_length}, {edge, 0.985}, 0.1);
}

void Painter::black_key(int index, double depth) {
  const auto span = key_span(index);
  const double lift = between(1, 0.35, depth);
  const double dx = 0.05 * lift * ((span[0] + span[1]) / 2 - camera_.x) / 26, dy = -0.012 * lift;
  grey(0.05);
  quad(span[0], 0, span[1], black_key_length);
  grey(0.11 + tone_[index] + 0.045 * depth);
  quad(span[0] + 0.07 + dx, 0, span[1] - 0.07 + dx, black_key_length - 0.05 + dy);
  grey(0.42, 0.5);
  line({span[0] + 0.12 + dx, black_key_length - 0.06 + dy}, {span[1] - 0.12 + dx, black_key_length - 0.06 + dy}, 0.07);
}

const std::uint32_t* Painter::frame(const Depths& depths, const std::array<const HandPose*, 2>& hands) {
  auto* surface = frame_.get();
  cairo_surface_flush(surface);
  std::memcpy(cairo_image_surface_get_data(surface), cairo_image_surface_get_data(still_.get()),
              static_cast<std::size_t>(cairo_image_surface_get_stride(surface)) * picture_.height);
  cairo_surface_mark_dirty(surface);
  for (int i = 0; i < 88; ++i)
    if (!is_black(i) && depths[i] > 0) white_key(i, depths[i]);
  for (int i = 0; i < 88; ++i)
    if (is_black(i) && (depths[i] > 0 || depths[i - 1] > 0 || depths[i + 1] > 0)) black_key(i, depths[i]);
  for (const auto* pose : hands) {
    if (!pose) continue;
    for (const double soft : {1.3, 1.0, 0.7}) hand(*pose, 0.13, light_.x * soft, light_.y * soft);
    hand(*pose, 0, 0, 0);
  }
  cairo_surface_flush(surface);
  return reinterpret_cast<const std::uint32_t*>(cairo_image_surface_get_data(surface));
}

}  // namespace tivit::keyboard
