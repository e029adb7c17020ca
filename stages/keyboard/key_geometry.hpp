#pragma once
// Where the 88 keys lie: in the picture (four corners) and in a strip.
#include <array>
#include <optional>
#include <vector>

namespace tivit::keyboard {

struct Point {
  double x = 0, y = 0;
  bool operator==(const Point&) const = default;
};

/// Image points, in source pixels, of the rectangle of the white keys, in this order: A0's far end, C8's far end,
/// C8's near (player's) end, A0's near end. Far is where the fallboard is. Any view: rotated or upside down too.
struct Corners {
  std::array<Point, 4> points;
  bool operator==(const Corners&) const = default;
};

/// One key in a strip, in strip pixels (x to the right, bass left; y down, far end at the top).
struct Key {
  int index = 0;  ///< 0..87; MIDI pitch is index + 21
  bool black = false;
  double left = 0, right = 0;  ///< edges at the end that the player touches (white) or of the key's top (black)
  double top = 0, bottom = 0;
  bool present = true;  ///< false: the picture does not show this key
  double centre() const { return 0.5 * (left + right); }
};

/// Travels with every strip. After a horizontal crop it lists the keys that are left, positions relative to the crop.
struct KeyGeometry {
  int width = 0, height = 0;  ///< of the strip, pixels
  double white_width = 0;     ///< pixels a white key
  std::vector<Key> keys;      ///< ascending by index
};

/// Index 0 is A0; pitches beyond the piano's have a colour, too.
constexpr bool is_black(int index) {
  constexpr bool pattern[12] = {false, true, false, false, true, false, true, false, false, true, false, true};  // from A
  return pattern[(index % 12 + 12) % 12];
}

}  // namespace tivit::keyboard
