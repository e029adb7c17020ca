// keyboard/motion on strips made by hand.
#include <ATen/ops/full.h>

#include <boost/test/unit_test.hpp>
#include <stages/keyboard/geometry.hpp>
#include <tests/call_stage.hpp>
#include <tivit/time.hpp>

using namespace tivit;

namespace {

struct Film {
  keyboard::KeyGeometry geometry = keyboard::strip_geometry({}, {{{{12, 3}, {635, 3}, {635, 57}, {12, 57}}}}, {648, 64});
  at::Tensor strip = at::full({6, 1, 64, 648}, 100, at::kByte);
  TimeGrid grid = TimeGrid::from_rate(20, nanoseconds(7.013));

  /// From `row` on, the key's part of the picture is `levels` brighter.
  void press(int index, std::int64_t row, int levels) {
    const auto& key = geometry.keys.at(static_cast<std::size_t>(index));
    const auto centre = static_cast<std::int64_t>(key.centre());
    strip.slice(0, row).slice(3, centre - 4, centre + 4).add_(levels);
  }
  at::Tensor motion(TimeGrid* left = nullptr) const {
    tests::MadeStage stage("keyboard/motion");
    stage.context.in_.set(geometry);
    stage.context.in_.set(grid);
    const auto out = stage({Payload::of(strip)});
    if (left) *left = *stage.context.out_.find<TimeGrid>();
    return out[0].as<Fields>().at("change").clone();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(motion)

BOOST_AUTO_TEST_CASE(a_key_that_moves_stands_out_at_the_time_between_two_rows) {
  Film film;
  film.press(40, 3, 20);
  TimeGrid grid;
  const auto change = film.motion(&grid);
  BOOST_TEST(change[3][40].item<float>() > 2);
  BOOST_TEST(std::abs(grid.seconds_at(3) - (7.013 + 0.125)) < 1e-9);  // between rows 2 and 3
  auto rest = change.clone();
  rest[3][40] = 0;
  BOOST_TEST(rest.max().item<float>() < 0.8 * change[3][40].item<float>());
  BOOST_TEST(rest.slice(0, 0, 3).max().item<float>() == 0);
  BOOST_TEST(rest.slice(0, 4).max().item<float>() == 0);
}

BOOST_AUTO_TEST_CASE(light_that_changes_everywhere_is_no_motion) {
  Film film;
  film.strip.slice(0, 2).add_(9);
  BOOST_TEST(film.motion().max().item<float>() < 1e-5);
}

BOOST_AUTO_TEST_CASE(what_changes_more_than_any_key_counts_no_more_than_one) {
  Film key, hand;
  key.press(40, 3, 25);
  hand.press(40, 3, 120);
  BOOST_TEST(key.motion()[3][40].item<float>() == hand.motion()[3][40].item<float>());
}

BOOST_AUTO_TEST_CASE(keys_out_of_the_picture_do_not_move) {
  Film film;
  film.press(40, 3, 20);
  film.geometry.keys[40].present = false;
  BOOST_TEST(film.motion().select(1, 40).max().item<float>() == 0);
}

BOOST_AUTO_TEST_CASE(a_window_of_one_row_has_no_motion) {
  Film film;
  film.strip = film.strip.slice(0, 0, 1).clone();
  BOOST_TEST(film.motion().max().item<float>() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
