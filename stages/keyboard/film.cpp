#include <stages/keyboard/film.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tivit::keyboard {
namespace {

constexpr std::uint32_t grain_size = 1u << 16;
constexpr int longest_row = 4096;
constexpr double grain_levels = 2.2;

std::uint8_t byte(int v) { return static_cast<std::uint8_t>(std::clamp(v, 16, 240)); }

}  // namespace

Film::Film(PictureSize picture, std::uint64_t seed, double changes) : picture_(picture), dice_(seed), changes_(changes) {
  slow_hz_ = dice_.uniform(0.1, 0.25), drift_hz_ = dice_.uniform(0.03, 0.12), phase_ = dice_.uniform(0, 6);
  for (double t = dice_.uniform(1, 4); t < 3600; t += dice_.uniform(2, 7))
    dimmings_.push_back({t, dice_.uniform(0.3, 2.5), dice_.uniform(0.8, 1.12)});
  grain_.resize(grain_size + longest_row);
  for (auto& g : grain_) g = static_cast<std::int8_t>(std::clamp(std::lround(dice_.noise(grain_levels)), -100l, 100l));
  planes_.resize(static_cast<std::size_t>(picture.width) * picture.height * 3 / 2);
  gains_.resize(static_cast<std::size_t>(picture.width));
}

double Film::light(double time_s, double phase) const {
  constexpr double turn = 2 * std::numbers::pi;
  double gain =
      1 + 0.07 * std::sin(turn * slow_hz_ * time_s + phase_ + phase) + 0.06 * std::sin(turn * drift_hz_ * time_s + 3 * phase_ + 2 * phase);
  for (const auto& d : dimmings_) {
    if (time_s < d.begin_s || time_s > d.begin_s + d.length_s) continue;
    const double ramp = std::min({1.0, (time_s - d.begin_s) / 0.15, (d.begin_s + d.length_s - time_s) / 0.15});
    gain *= 1 + ramp * (d.factor - 1);
  }
  return 1 + changes_ * (gain - 1);
}

const std::uint8_t* Film::expose(const std::uint32_t* pixels, int stride, double time_s) {
  const int width = picture_.width, height = picture_.height;
  const double flicker = 1 + changes_ * dice_.noise(0.01);
  const double left = light(time_s, 0) * flicker, right = light(time_s, 1.2) * flicker;
  for (int x = 0; x < width; ++x) gains_[x] = static_cast<std::int32_t>(std::lround(1024 * (left + (right - left) * x / width)));

  std::uint8_t* luma = planes_.data();
  for (int y = 0; y < height; ++y) {
    const std::uint32_t* from = pixels + static_cast<std::ptrdiff_t>(y) * stride;
    const std::int8_t* grain = grain_.data() + dice_.bits() % grain_size;
    for (int x = 0; x < width; ++x) {
      const int r = from[x] >> 16 & 255, g = from[x] >> 8 & 255, b = from[x] & 255;
      const int light = (66 * r + 129 * g + 25 * b + 128) >> 8;
      *luma++ = byte(16 + ((light * gains_[x]) >> 10) + grain[x]);
    }
  }
  std::uint8_t* blue = planes_.data() + static_cast<std::ptrdiff_t>(width) * height;
  std::uint8_t* red = blue + static_cast<std::ptrdiff_t>(width) * height / 4;
  for (int y = 0; y < height; y += 2) {
    const std::uint32_t* from = pixels + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = 0; x < width; x += 2) {
      const int r = from[x] >> 16 & 255, g = from[x] >> 8 & 255, b = from[x] & 255;
      *blue++ = byte(128 + ((-38 * r - 74 * g + 112 * b + 128) >> 8));
      *red++ = byte(128 + ((112 * r - 94 * g - 18 * b + 128) >> 8));
    }
  }
  return planes_.data();
}

}  // namespace tivit::keyboard
