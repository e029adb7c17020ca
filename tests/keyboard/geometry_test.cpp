// The strip's layout, against the numbers of a piano and of projective geometry.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stages/keyboard/geometry.hpp>
#include <stages/keyboard/unseen_keys.hpp>
#include <tivit/error.hpp>

using namespace tivit::keyboard;

namespace {
const Corners upside_down{{{{646.7, 177.6}, {5.1, 165.1}, {4.2, 87.2}, {651.4, 97.3}}}};
}

BOOST_AUTO_TEST_SUITE(geometry)

BOOST_AUTO_TEST_CASE(the_default_strip_is_648_by_64) {
  const StripLayout layout;
  BOOST_TEST(layout.width_px() == 648);
  BOOST_TEST(layout.x_of(0) == 12.0);
  BOOST_TEST(layout.x_of(52) == 636.0);
  BOOST_TEST(layout.y_of(-0.06) == 0.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(layout.y_of(1.14) == 64.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(layout.length_at(layout.y_of(0.3)) == 0.3, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(keys_lie_where_a_piano_has_them) {
  int whites = 0;
  for (int i = 0; i < 88; ++i) whites += !is_black(i);
  BOOST_TEST(whites == 52);
  BOOST_TEST(is_black(-1));             // G sharp, of MIDI pitch 20
  BOOST_TEST(!is_black(-2));            // G
  BOOST_TEST(key_span(0)[0] == 0.0);    // A0
  BOOST_TEST(key_span(87)[1] == 52.0);  // C8
  BOOST_TEST(key_span(39)[0] == 23.0);  // C4, the 24th white key
  const auto centre = [](int pitch) { return (key_span(pitch - 21)[0] + key_span(pitch - 21)[1]) / 2; };
  const auto tolerance = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(centre(22) == 1 + .13, tolerance);  // A#0 between A0 and B0
  BOOST_TEST(centre(61) == 24 - .09, tolerance);
  BOOST_TEST(centre(63) == 25 + .09, tolerance);
  BOOST_TEST(centre(66) == 27 - .13, tolerance);
  BOOST_TEST(centre(68) == 28.0, tolerance);
  BOOST_TEST(centre(70) == 29 + .13, tolerance);
}

BOOST_AUTO_TEST_CASE(the_homography_maps_the_corners_and_keeps_lines_straight) {
  const Homography map = keyboard_to_picture(upside_down);
  const std::array<Point, 4> from{{{0, 0}, {52, 0}, {52, 1}, {0, 1}}};
  for (int i = 0; i < 4; ++i) {
    BOOST_TEST(std::abs(map(from[i]).x - upside_down.points[i].x) < 1e-9);
    BOOST_TEST(std::abs(map(from[i]).y - upside_down.points[i].y) < 1e-9);
  }
  // The diagonals of the rectangle meet where the diagonals of its picture meet.
  const auto& p = upside_down.points;
  const double a1 = p[2].y - p[0].y, b1 = p[0].x - p[2].x, c1 = a1 * p[0].x + b1 * p[0].y;
  const double a2 = p[3].y - p[1].y, b2 = p[1].x - p[3].x, c2 = a2 * p[1].x + b2 * p[1].y;
  const double d = a1 * b2 - a2 * b1;
  const Point middle = map({26, 0.5});
  BOOST_TEST(std::abs(middle.x - (c1 * b2 - c2 * b1) / d) < 1e-9);
  BOOST_TEST(std::abs(middle.y - (a1 * c2 - a2 * c1) / d) < 1e-9);
}

BOOST_AUTO_TEST_CASE(keys_outside_the_picture_are_absent) {
  const auto geometry = strip_geometry({}, upside_down, {640, 360});
  BOOST_TEST(geometry.keys.size() == 88u);
  BOOST_TEST(!geometry.keys[0].present);
  for (int i = 2; i < 88; ++i) BOOST_TEST(geometry.keys[i].present);
  BOOST_TEST(unseen_keys(geometry, {640, 360}) == "the picture of 640 x 360 pixels shows 87 of the 88 keys, A#0 to C8");
  const auto all = strip_geometry({}, upside_down, {800, 360});
  BOOST_TEST(unseen_keys(all, {800, 360}) == "");
  BOOST_TEST(all.keys[0].present);
}

BOOST_AUTO_TEST_CASE(corners_of_another_picture_are_refused) {
  BOOST_CHECK_EXCEPTION(strip_geometry({}, {{{{900, 600}, {1800, 600}, {1800, 700}, {900, 700}}}}, {640, 360}), tivit::Error,
                        [](const tivit::Error& e) {
                          return e.problem() == "by the keyboard's corners, the picture of 640 x 360 pixels shows 0 of the 88 keys";
                        });
  // Of a larger picture: an octave less one key is in it.
  BOOST_CHECK_EXCEPTION(
      strip_geometry({}, {{{{560, 200}, {1190, 200}, {1190, 280}, {560, 280}}}}, {640, 360}), tivit::Error, [](const tivit::Error& e) {
        return e.problem() == "by the keyboard's corners, the picture of 640 x 360 pixels shows 11 of the 88 keys, A0 to G1";
      });
}

BOOST_AUTO_TEST_CASE(impossible_corners_are_refused) {
  BOOST_CHECK_EXCEPTION(keyboard_to_picture({{{{0, 0}, {10, 0}, {0, 10}, {10, 10}}}}), tivit::Error,
                        [](const tivit::Error& e) { return e.problem() == "the corners do not span a convex quadrilateral"; });
  BOOST_CHECK_EXCEPTION(keyboard_to_picture({{{{310, 100}, {314, 100}, {640, 300}, {0, 300}}}}), tivit::Error,
                        [](const tivit::Error& e) { return e.problem() == "the corners describe a view that is too flat to rectify"; });
}

BOOST_AUTO_TEST_SUITE_END()
