// The background's rule, on pixels whose history is known.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <stages/keyboard/background_rule.hpp>
#include <stages/keyboard/geometry.hpp>
#include <vector>

using namespace tivit::keyboard;

namespace {

/// `parts`: how many of 300 values lie around a level.
std::vector<std::uint8_t> history(const std::vector<std::pair<int, int>>& parts) {
  std::mt19937 random(5);
  std::vector<std::uint8_t> values;
  for (const auto& [count, level] : parts)
    for (int i = 0; i < count; ++i) values.push_back(static_cast<std::uint8_t>(level + static_cast<int>(random() % 5) - 2));
  std::shuffle(values.begin(), values.end(), random);
  return values;
}

/// The rule as text gives it, on sorted values.
int by_the_book(std::vector<std::uint8_t> values) {
  std::sort(values.begin(), values.end());
  const auto percentile = [](const std::vector<std::uint8_t>& v, double p) {
    const double rank = p / 100 * (v.size() - 1.0);
    const std::size_t i = static_cast<std::size_t>(rank);
    return i + 1 < v.size() ? v[i] + (rank - i) * (v[i + 1] - v[i]) : v[i];
  };
  std::vector<std::uint8_t> kept;
  const bool white = percentile(values, 80) > 150;
  for (const auto v : values)
    if (white ? v > .72 * percentile(values, 95) : v < percentile(values, 5) + 45) kept.push_back(v);
  return static_cast<int>(percentile(kept, 50) + 0.5);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(background_rule)

BOOST_AUTO_TEST_CASE(a_resting_hand_and_a_key_held_a_third_of_the_time_leave_no_trace) {
  BOOST_TEST(std::abs(background_of(history({{100, 210}, {200, 120}}), Surface::white) - 210) <= 1);  // a hand two thirds of the time
  BOOST_TEST(std::abs(background_of(history({{200, 30}, {100, 48}}), Surface::black) - 30) <= 2);     // a black key, brighter while down
  BOOST_TEST(std::abs(background_of(history({{200, 210}, {100, 110}}), Surface::white) - 210) <= 1);  // the dark line beside a white key
}

BOOST_AUTO_TEST_CASE(a_dim_edge_of_a_white_key_is_told_from_a_black_key_under_a_hand) {
  const auto edge = history({{190, 110}, {110, 40}});  // darkened while the key is down
  BOOST_TEST(std::abs(background_of(edge, Surface::white) - 110) <= 1);
  BOOST_TEST(std::abs(background_of(history({{100, 30}, {200, 130}}), Surface::black) - 30) <= 1);  // a hand two thirds of the time
  BOOST_TEST(std::abs(background_of(history({{200, 30}, {100, 130}}), Surface::white) - 30) <= 1);  // a dark gap, a hand over it at times
}

BOOST_AUTO_TEST_CASE(a_bright_finger_on_a_black_key_is_no_white_key) {
  const auto finger = history({{180, 40}, {120, 175}});
  BOOST_TEST(std::abs(background_of(finger, Surface::black) - 40) <= 1);
  BOOST_TEST(std::abs(background_of(finger, Surface::edge) - 40) <= 1);
  const auto longer = history({{100, 40}, {200, 175}});
  BOOST_TEST(std::abs(background_of(longer, Surface::black) - 40) <= 1);
  // A grey pixel at the edge, darkened a third of the time.
  BOOST_TEST(std::abs(background_of(history({{200, 108}, {100, 55}}), Surface::edge) - 108) <= 1);
  // At the edge the same values could be a white key that is darkened a third of the time; as could these, under a hand.
  BOOST_TEST(std::abs(background_of(longer, Surface::edge) - 175) <= 1);
  BOOST_TEST(std::abs(background_of(history({{200, 120}, {100, 210}}), Surface::edge) - 210) <= 1);
}

BOOST_AUTO_TEST_CASE(pixels_of_white_keys_are_known_by_the_geometry) {
  const StripLayout layout;
  const auto geometry = strip_geometry(layout, {{{{0, 0}, {520, 0}, {520, 64}, {0, 64}}}}, {540, 80});
  const auto shown = surfaces(geometry);
  const auto at = [&](double white, double length) {
    return shown[static_cast<std::size_t>(static_cast<int>(layout.y_of(length)) * 648 + static_cast<int>(layout.x_of(white)))];
  };
  BOOST_TEST((at(26.0, 0.3) == Surface::white));  // E4 and F4 meet
  BOOST_TEST((at(25.1, 0.3) == Surface::black));  // D#4
  BOOST_TEST((at(25.1, 0.62) == Surface::edge));  // its end
  BOOST_TEST((at(24.8, 0.3) == Surface::edge));   // its side
  BOOST_TEST((at(25.1, 0.8) == Surface::white));
  BOOST_TEST((at(25.1, 1.1) == Surface::outside));  // in front of the keys
  BOOST_TEST((at(-0.5, 0.5) == Surface::outside));
}

BOOST_AUTO_TEST_CASE(agrees_with_the_rule_on_sorted_values) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::uint8_t> values(1 + random() % 40);
    const int top = 20 + static_cast<int>(random() % 236);
    for (auto& v : values) v = static_cast<std::uint8_t>(random() % top);
    BOOST_REQUIRE_EQUAL(int{background_of(values, Surface::outside)}, by_the_book(values));
  }
}

BOOST_AUTO_TEST_CASE(one_value_is_its_own_background) {
  for (int v = 0; v < 256; ++v)
    BOOST_REQUIRE_EQUAL(int{background_of(std::vector<std::uint8_t>{static_cast<std::uint8_t>(v)}, static_cast<Surface>(v % 3))}, v);
}

BOOST_AUTO_TEST_SUITE_END()
