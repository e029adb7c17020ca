// video/local_contrast against its formula, computed pixel by pixel, and in uneven light.
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/randint.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <tivit/tensor/stage.hpp>
#include <tivit/testing/conformance.hpp>

namespace {

at::Tensor evened(const at::Tensor& frames, int window, double floor = 4) {
  tivit::testing::Harness stage("video/local_contrast", {{"window", {std::int64_t{window}}}, {"floor", {floor}}});
  return stage({tivit::Payload::of(frames)}).at(0).as<at::Tensor>();
}

/// Mean of `value(y, x)` over the square that lies inside the picture.
template <class F>
double square_mean(int y, int x, int half, int height, int width, const F& value) {
  double sum = 0;
  int count = 0;
  for (int v = std::max(0, y - half); v <= std::min(height - 1, y + half); ++v)
    for (int u = std::max(0, x - half); u <= std::min(width - 1, x + half); ++u, ++count) sum += value(v, u);
  return sum / count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_contrast_plugin)

BOOST_AUTO_TEST_CASE(every_pixel_follows_the_formula) {
  const int height = 9, width = 13, half = 2;
  const auto frames = at::randint(256, {1, 3, height, width}, at::kByte);
  const auto out = evened(frames, 5);
  const auto in = [&](int c, int y, int x) { return static_cast<double>(frames[0][c][y][x].item<std::uint8_t>()); };
  const auto off = [&](int c, int y, int x) {
    return in(c, y, x) - square_mean(y, x, half, height, width, [&](int v, int u) { return in(c, v, u); });
  };
  for (int y = 0; y < height; y += 2)
    for (int x = 0; x < width; x += 3) {
      const double variance = square_mean(y, x, half, height, width, [&](int v, int u) {
        return (std::pow(off(0, v, u), 2) + std::pow(off(1, v, u), 2) + std::pow(off(2, v, u), 2)) / 3;
      });
      for (int c = 0; c < 3; ++c) {
        const double expected = std::clamp(128 + 40 * off(c, y, x) / (std::sqrt(variance) + 4), 0.0, 255.0);
        BOOST_TEST(std::abs(out[0][c][y][x].item<std::uint8_t>() - expected) < 0.51);
      }
    }
}

BOOST_AUTO_TEST_CASE(an_even_picture_is_grey_and_a_shadow_goes) {
  BOOST_TEST(evened(at::full({2, 3, 20, 40}, 200, at::kByte), 7).eq(128).all().item<bool>());
  // The same keys in light that falls to a quarter along the keyboard.
  const auto keys = at::randint(2, {1, 1, 32, 400}, at::kFloat).mul(120).add(80);
  const auto light = at::linspace(1, 0.25, 400, at::kFloat);
  const auto bright = evened(keys.to(at::kByte), 15, 0.1).to(at::kFloat);
  const auto dim = evened(keys.mul(light).round().to(at::kByte), 15, 0.1).to(at::kFloat);
  BOOST_TEST(keys.sub(keys.mul(light)).abs().mean().item<double>() > 40);
  BOOST_TEST(bright.sub(dim).abs().mean().item<double>() < 2);
}

BOOST_AUTO_TEST_CASE(windows_larger_than_the_picture_and_no_frames_are_fine) {
  BOOST_TEST(evened(at::randint(256, {1, 3, 4, 6}, at::kByte), 101).sizes() == (std::vector<std::int64_t>{1, 3, 4, 6}));
  BOOST_TEST(evened(at::full({0, 3, 4, 6}, 0, at::kByte), 5).size(0) == 0);
}

BOOST_AUTO_TEST_CASE(it_conforms) {
  std::vector<tivit::testing::Given> items;
  for (int i = 0; i < 4; ++i) items.push_back({{{"frames", tivit::Payload::of(at::randint(256, {2, 3, 16, 24}, at::kByte))}}});
  TIVIT_CONFORMS("video/local_contrast", {}, items);
}

BOOST_AUTO_TEST_SUITE_END()
