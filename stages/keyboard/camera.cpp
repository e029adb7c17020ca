#include <stages/keyboard/camera.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tivit::keyboard {

const std::vector<std::string>& view_names() {
  static const std::vector<std::string> names{"straight", "angled", "upside_down", "angled_upside_down"};
  return names;
}

Corners film_from(const std::string& view, PictureSize picture, Dice& dice) {
  constexpr double degree = std::numbers::pi / 180, length = 6.2, distance = 78;  // in white keys
  const bool angled = view.starts_with("angled"), turned = view.ends_with("upside_down");
  const double tilt = dice.uniform(4, angled ? 20 : 12) * degree;
  const double pan = (angled ? dice.uniform(14, 22) : dice.uniform(0, 3)) * (dice.chance(0.5) ? 1 : -1) * degree;
  const double roll = ((angled ? dice.uniform(8, 14) : dice.uniform(0, 1.5)) * (dice.chance(0.5) ? 1 : -1) + (turned ? 180 : 0)) * degree;
  Corners corners;
  const std::array<Point, 4> flat{{{-26, -length / 2}, {26, -length / 2}, {26, length / 2}, {-26, length / 2}}};
  for (int i = 0; i < 4; ++i) {
    const double depth = distance + flat[i].x * std::sin(pan) - flat[i].y * std::sin(tilt);
    const double x = flat[i].x * std::cos(pan) / depth, y = flat[i].y * std::cos(tilt) / depth;
    corners.points[i] = {x * std::cos(roll) - y * std::sin(roll), x * std::sin(roll) + y * std::cos(roll)};
  }
  const auto [left, right] = std::minmax_element(corners.points.begin(), corners.points.end(), [](auto& a, auto& b) { return a.x < b.x; });
  const auto [top, bottom] = std::minmax_element(corners.points.begin(), corners.points.end(), [](auto& a, auto& b) { return a.y < b.y; });
  const double scale =
      std::min(picture.width * dice.uniform(0.91, 0.96) / (right->x - left->x), picture.height * 0.8 / (bottom->y - top->y));
  const double centre_x = (left->x + right->x) / 2, centre_y = (top->y + bottom->y) / 2;
  const double shift_y = picture.height * dice.uniform(-0.06, -0.02) * (turned ? -1 : 1);  // room for the hands
  for (auto& p : corners.points) {
    p.x = std::round(((p.x - centre_x) * scale + picture.width / 2.0 + dice.uniform(-0.4, 0.4)) * 100) / 100;
    p.y = std::round(((p.y - centre_y) * scale + picture.height / 2.0 + shift_y) * 100) / 100;
  }
  return corners;
}

}  // namespace tivit::keyboard
