#include <stages/keyboard/geometry.hpp>

#include <algorithm>
#include <cmath>
#include <stages/keyboard/sidecar.hpp>
#include <stages/keyboard/unseen_keys.hpp>
#include <tivit/error.hpp>
#include <utility>

namespace tivit::keyboard {
namespace {

/// Gaussian elimination with row pivoting; the right side is the last column.
std::array<double, 8> solve(std::array<std::array<double, 9>, 8> a) {
  for (int column = 0; column < 8; ++column) {
    int pivot = column;
    for (int row = column + 1; row < 8; ++row)
      if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
    std::swap(a[column], a[pivot]);
    for (int row = 0; row < 8; ++row) {
      if (row == column) continue;
      const double factor = a[row][column] / a[column][column];
      for (int k = column; k < 9; ++k) a[row][k] -= factor * a[column][k];
    }
  }
  std::array<double, 8> x{};
  for (int row = 0; row < 8; ++row) x[row] = a[row][8] / a[row][row];
  return x;
}

/// Where a black key's centre lies beside the boundary of its white neighbours, in white keys, by note from A.
double black_offset(int index) {
  switch (index % 12) {
    case 1: return 0.13;   // A sharp
    case 4: return -0.09;  // C sharp
    case 6: return 0.09;   // D sharp
    case 9: return -0.13;  // F sharp
    default: return 0;     // G sharp
  }
}

/// The share of a key's area that the picture shows.
double visible_share(const Homography& to_picture, const std::array<double, 2>& span, double length, PictureSize picture) {
  constexpr int n = 8;
  int inside = 0;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const Point p = to_picture({span[0] + (span[1] - span[0]) * (i + 0.5) / n, length * (j + 0.5) / n});
      inside += p.x >= -0.5 && p.x < picture.width - 0.5 && p.y >= -0.5 && p.y < picture.height - 0.5;
    }
  return static_cast<double>(inside) / (n * n);
}

}  // namespace

Point Homography::operator()(Point p) const {
  const double w = m[6] * p.x + m[7] * p.y + m[8];
  return {(m[0] * p.x + m[1] * p.y + m[2]) / w, (m[3] * p.x + m[4] * p.y + m[5]) / w};
}

Homography keyboard_to_picture(const Corners& corners) {
  if (const auto fault = fault_of(corners)) throw Error(*fault, std::string("give ") + corner_order);
  constexpr std::array<Point, 4> unit{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}};
  std::array<std::array<double, 9>, 8> equations{};
  for (int i = 0; i < 4; ++i) {
    const auto [u, v] = unit[i];
    const auto [x, y] = corners.points[i];
    equations[2 * i] = {u, v, 1, 0, 0, 0, -u * x, -v * x, x};
    equations[2 * i + 1] = {0, 0, 0, u, v, 1, -u * y, -v * y, y};
  }
  const auto h = solve(equations);
  Homography map{{h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1}};
  for (int row = 0; row < 3; ++row) map.m[3 * row] /= white_keys;
  // The strip shows a little more than the rectangle; no part of that may lie at or behind the horizon.
  for (const double x : {-double{widest_margin}, double{white_keys + widest_margin}})
    for (const double y : {-0.2, 1.2})
      if (map.m[6] * x + map.m[7] * y + map.m[8] < 0.05)
        throw Error("the corners describe a view that is too flat to rectify", std::string("give ") + corner_order);
  return map;
}

std::array<double, 2> key_span(int index) {
  int whites_before = 0;
  for (int i = 0; i < index; ++i) whites_before += !is_black(i);
  if (!is_black(index)) return {static_cast<double>(whites_before), whites_before + 1.0};
  const double centre = whites_before + black_offset(index);
  return {centre - black_key_width / 2, centre + black_key_width / 2};
}

KeyGeometry strip_geometry(const StripLayout& layout, const Corners& corners, PictureSize picture) {
  const Homography to_picture = keyboard_to_picture(corners);
  KeyGeometry geometry{layout.width_px(), layout.height_px, static_cast<double>(layout.white_px), {}};
  for (int index = 0; index < 88; ++index) {
    const bool black = is_black(index);
    const double length = black ? black_key_length : 1.0;
    const auto span = key_span(index);
    geometry.keys.push_back({index, black, layout.x_of(span[0]), layout.x_of(span[1]), layout.y_of(0), layout.y_of(length),
                             visible_share(to_picture, span, length, picture) >= 0.5});
  }
  if (std::ranges::count_if(geometry.keys, &Key::present) < fewest_keys) {
    const auto seen = unseen_keys(geometry, picture);
    throw Error("by the keyboard's corners, " + seen, "mark them on a picture of this very video");
  }
  return geometry;
}

}  // namespace tivit::keyboard
