// Rectification of pictures whose strip is known, and of noise against a brute-force mean.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>
#include <stages/keyboard/rectifier.hpp>

using namespace tivit::keyboard;

namespace {

using Picture = std::vector<std::uint8_t>;

template <class F>
Picture paint(PictureSize size, const F& brightness) {
  Picture picture;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) picture.push_back(static_cast<std::uint8_t>(std::lround(brightness(x, y))));
  return picture;
}

Picture rectify(const Rectifier& rectifier, const Picture& picture) {
  Picture strip(static_cast<std::size_t>(rectifier.geometry().width) * rectifier.geometry().height);
  rectifier(picture.data(), strip.data());
  return strip;
}

double interpolated(const Picture& picture, PictureSize size, Point p) {
  const double x = std::clamp(p.x, 0.0, size.width - 1.001), y = std::clamp(p.y, 0.0, size.height - 1.001);
  const int i = static_cast<int>(x), j = static_cast<int>(y);
  const double fx = x - i, fy = y - j;
  const auto* at = &picture[static_cast<std::size_t>(j) * size.width + i];
  return (1 - fy) * ((1 - fx) * at[0] + fx * at[1]) + fy * ((1 - fx) * at[size.width] + fx * at[size.width + 1]);
}

/// The four views that people film: straight, turned by 180°, angled, and on end.
const std::array<Corners, 4> views{
    Corners{{{{20, 60}, {620, 60}, {620, 140}, {20, 140}}}}, Corners{{{{646.7, 177.6}, {5.1, 165.1}, {4.2, 87.2}, {651.4, 97.3}}}},
    Corners{{{{40, 300}, {560, 40}, {610, 110}, {60, 350}}}}, Corners{{{{400, 10}, {410, 350}, {330, 352}, {325, 12}}}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(rectifier)

BOOST_AUTO_TEST_CASE(a_picture_of_the_coordinates_becomes_the_strip_s_own_coordinates) {
  constexpr PictureSize size{640, 360};
  for (const Corners& view : views) {
    const Homography map = keyboard_to_picture(view);
    const StripLayout layout;
    const auto strip = rectify(Rectifier(view, size, layout), paint(size, [](int x, int) { return x / 640.0 * 250; }));
    const auto strip_y = rectify(Rectifier(view, size, layout), paint(size, [](int, int y) { return y / 360.0 * 250; }));
    double worst = 0;
    for (int y = 0; y < 64; ++y)
      for (int x = 12; x < 636; ++x) {
        const Point p = map({layout.white_at(x + 0.5), layout.length_at(y + 0.5)});
        if (p.x < 0 || p.x > 639 || p.y < 0 || p.y > 359) continue;
        worst = std::max(worst, std::abs(strip[y * 648 + x] - p.x / 640 * 250));
        worst = std::max(worst, std::abs(strip_y[y * 648 + x] - p.y / 360 * 250));
      }
    BOOST_TEST(worst < 1.1);
  }
}

BOOST_AUTO_TEST_CASE(a_denser_source_is_averaged_as_a_fine_integral_would) {
  constexpr PictureSize size{1920, 1080};
  std::mt19937 random(7);
  const auto picture = paint(size, [&](int, int) { return random() % 256; });
  for (Corners view : views) {
    for (auto& p : view.points) p = {p.x * 3, p.y * 3};
    const StripLayout layout;
    const auto strip = rectify(Rectifier(view, size, layout), picture);
    const Homography map = keyboard_to_picture(view);
    double sum = 0;
    int count = 0;
    for (int y = 2; y < 62; y += 7)
      for (int x = 15; x < 630; x += 11) {
        double mean = 0;
        for (int i = 0; i < 24; ++i)
          for (int j = 0; j < 24; ++j)
            mean += interpolated(picture, size, map({layout.white_at(x + (i + .5) / 24), layout.length_at(y + (j + .5) / 24)}));
        sum += std::pow(strip[y * 648 + x] - mean / 576, 2);
        ++count;
      }
    BOOST_TEST(std::sqrt(sum / count) < 3.0);  // the noise itself has a standard deviation of 74
  }
}

BOOST_AUTO_TEST_CASE(stripes_finer_than_the_strip_do_not_alias) {
  constexpr PictureSize size{2560, 1440};
  const Corners view{{{{80, 240}, {2480, 240}, {2480, 560}, {80, 560}}}};
  const auto strip = rectify(Rectifier(view, size, {}), paint(size, [](int x, int) { return x % 2 ? 0 : 255; }));
  for (int x = 12; x < 636; ++x) BOOST_TEST(std::abs(strip[32 * 648 + x] - 127.5) < 16);
}

BOOST_AUTO_TEST_CASE(a_flat_picture_stays_flat_and_the_border_continues) {
  constexpr PictureSize size{640, 360};
  for (const Corners& view : views)
    for (const int level : {0, 77, 255})
      for (const auto v : rectify(Rectifier(view, size, {}), paint(size, [&](int, int) { return level; })))
        BOOST_REQUIRE_EQUAL(int{v}, level);
}

BOOST_AUTO_TEST_CASE(a_cropped_picture_gives_the_same_strip) {
  constexpr PictureSize size{640, 360};
  std::mt19937 random(3);
  const auto picture = paint(size, [&](int, int) { return random() % 256; });
  for (const Corners& view : views) {
    const PixelBox box = needed_box(view, size, {});
    BOOST_TEST((box.x >= 0 && box.y >= 0 && box.x + box.width <= 640 && box.y + box.height <= 360));
    BOOST_TEST((box.x % 2 == 0 && box.y % 2 == 0));
    Picture cropped;
    for (int y = 0; y < box.height; ++y)
      cropped.insert(cropped.end(), &picture[(box.y + y) * 640 + box.x], &picture[(box.y + y) * 640 + box.x] + box.width);
    BOOST_CHECK(rectify(Rectifier(view, size, {}, box), cropped) == rectify(Rectifier(view, size, {}), picture));
  }
  BOOST_TEST(needed_box(views[0], size, {}).height < 110);  // 1.2 key lengths of 80 pixels, and little more
}

BOOST_AUTO_TEST_CASE(rectifiers_are_kept_by_everything_that_they_depend_on) {
  RectifierCache cache;
  const auto first = cache.get(views[0], {640, 360}, {}, {0, 0, 640, 360});
  BOOST_TEST(first == cache.get(views[0], {640, 360}, {}, {0, 0, 640, 360}));
  BOOST_TEST(first != cache.get(views[1], {640, 360}, {}, {0, 0, 640, 360}));
  BOOST_TEST(first != cache.get(views[0], {1280, 720}, {}, {0, 0, 1280, 720}));
  BOOST_TEST(first != cache.get(views[0], {640, 360}, {10}, {0, 0, 640, 360}));
  BOOST_TEST(first != cache.get(views[0], {640, 360}, {}, {0, 40, 640, 160}));
}

BOOST_AUTO_TEST_SUITE_END()
