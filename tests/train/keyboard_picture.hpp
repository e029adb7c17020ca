#pragma once
// The key geometry of a strip of 648 px: 12 px a white key, one white key of margin at each side.
#include <stages/keyboard/key_geometry.hpp>

namespace tivit::tests {

inline keyboard::KeyGeometry keyboard_geometry() {
  keyboard::KeyGeometry geometry;
  geometry.width = 648;
  geometry.height = 64;
  geometry.white_width = 12;
  int whites = 0;
  for (int index = 0; index < 88; ++index) {
    const bool black = keyboard::is_black(index);
    double centre = 12 + 12 * whites + 6;
    if (black) {
      const int pitch_class = (index + 21) % 12;
      const double beside = pitch_class == 1 ? -0.09 : pitch_class == 3 ? 0.09 : pitch_class == 6 ? -0.13 : pitch_class == 10 ? 0.13 : 0;
      centre = 12 + 12 * (whites + beside);
    } else {
      ++whites;
    }
    const double half = black ? 3.5 : 6;
    geometry.keys.push_back({index, black, centre - half, centre + half, 3, 60, true});
  }
  return geometry;
}

}  // namespace tivit::tests
