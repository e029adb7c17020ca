#pragma once
// The strip: how the keyboard of any picture is laid out once it is rectified, and where its keys lie.
#include <array>
#include <stages/keyboard/key_geometry.hpp>

namespace tivit::keyboard {

constexpr int white_keys = 52;
/// A picture that shows less than an octave is none of a piano being played: its corners are wrong.
constexpr int fewest_keys = 12;
/// White keys of room beside the keyboard that a strip can show.
constexpr int widest_margin = 4;
/// What is seen of a piano's black key, in white keys' widths and lengths.
constexpr double black_key_width = 0.58, black_key_length = 0.64;

/// A strip's size and what it shows. Lengths along a key are fractions of the white keys' visible length, 0 at the far end.
struct StripLayout {
  int white_px = 12;    ///< pixels a white key
  int margin_keys = 1;  ///< white keys of room at the left and at the right
  int height_px = 64;
  double top = -0.06, bottom = 1.14;

  int width_px() const { return (white_keys + 2 * margin_keys) * white_px; }
  double x_of(double white) const { return (white + margin_keys) * white_px; }
  double y_of(double length) const { return (length - top) / (bottom - top) * height_px; }
  double white_at(double x) const { return x / white_px - margin_keys; }
  double length_at(double y) const { return top + y / height_px * (bottom - top); }
  bool operator==(const StripLayout&) const = default;
};

struct PictureSize {
  int width = 0, height = 0;
  bool operator==(const PictureSize&) const = default;
};

/// A plane's projective map.
struct Homography {
  std::array<double, 9> m{};
  Point operator()(Point p) const;
};

/// Keyboard coordinates (x: white keys from A0's left side, y: 0 far end, 1 near end) to picture coordinates, in which
/// pixel (i, j) has its centre at (i, j). Throws Error when the corners are not a convex quadrilateral.
Homography keyboard_to_picture(const Corners& corners);

/// Left and right side of a key, in white keys from A0's left side.
std::array<double, 2> key_span(int index);

/// All 88 keys in the strip. Those of which the picture shows less than half are marked absent. Throws
/// Error where it shows fewer than `fewest_keys`.
KeyGeometry strip_geometry(const StripLayout& layout, const Corners& corners, PictureSize picture);

}  // namespace tivit::keyboard
