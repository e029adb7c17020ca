#include <stages/train/warp.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace tivit::train {

Warp::Warp(const Look& look, const Crop& crop, std::int64_t source_width, std::int64_t source_height) : look_(look), crop_(crop) {
  taps_.reserve(static_cast<std::size_t>(crop.width * crop.height));
  const double centre_x = 0.5 * static_cast<double>(crop.width - 1), centre_y = 0.5 * static_cast<double>(crop.height - 1);
  for (std::int64_t row = 0; row < crop.height; ++row)
    for (std::int64_t column = 0; column < crop.width; ++column) {
      const double u = (crop.mirrored ? -1 : 1) * (static_cast<double>(column) - centre_x), v = static_cast<double>(row) - centre_y;
      const double x = std::clamp(static_cast<double>(crop.left) + centre_x + look.xx * u + look.xy * v + look.shift_x, 0.0,
                                  static_cast<double>(source_width - 1));
      const double y = std::clamp(static_cast<double>(crop.top) + centre_y + look.yx * u + look.yy * v + look.shift_y, 0.0,
                                  static_cast<double>(source_height - 1));
      const auto x0 = static_cast<std::int64_t>(x), y0 = static_cast<std::int64_t>(y);
      Tap tap;
      tap.offset = static_cast<std::int32_t>(y0 * source_width + x0);
      tap.right = x0 + 1 < source_width ? 1 : 0;
      tap.down = y0 + 1 < source_height ? static_cast<std::int32_t>(source_width) : 0;
      tap.fx = static_cast<float>(x - static_cast<double>(x0));
      tap.fy = static_cast<float>(y - static_cast<double>(y0));
      tap.ramp = static_cast<float>((1 + look.ramp_x * u / std::max(centre_x, 1.0)) * (1 + look.ramp_y * v / std::max(centre_y, 1.0)));
      taps_.push_back(tap);
    }
}

void Warp::draw(const std::uint8_t* source, int channel, double frame_gain, Dice* dice, bool erase, float* out) const {
  std::array<float, 256> light;
  const double gain = look_.gain * look_.channel_gain[channel % 3] * frame_gain;
  for (int value = 0; value < 256; ++value) light[value] = static_cast<float>(gain * std::pow(value / 255.0, look_.gamma) + look_.offset);
  const std::size_t count = taps_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Tap& tap = taps_[i];
    const std::uint8_t* at = source + tap.offset;
    const float a = light[at[0]], b = light[at[tap.right]], c = light[at[tap.down]], d = light[at[tap.down + tap.right]];
    const float upper = a + tap.fx * (b - a), lower = c + tap.fx * (d - c);
    out[i] = (upper + tap.fy * (lower - upper)) * tap.ramp;
  }
  if (dice && look_.noise > 0) {
    const auto deviation = static_cast<float>(look_.noise);
    for (std::size_t i = 0; i < count; i += 2) {
      float a, b;
      dice->pair(a, b);
      out[i] += deviation * a;
      if (i + 1 < count) out[i + 1] += deviation * b;
    }
  }
  for (std::size_t i = 0; i < count; ++i) out[i] = std::clamp(out[i], 0.0F, 1.0F);
  if (!erase || !look_.erased) return;
  const auto part = [](double share, std::int64_t size) { return static_cast<std::int64_t>(share * static_cast<double>(size)); };
  const auto left = part(look_.erase_x, crop_.width), top = part(look_.erase_y, crop_.height);
  for (auto row = top; row < top + part(look_.erase_h, crop_.height); ++row)
    std::fill_n(out + row * crop_.width + left, part(look_.erase_w, crop_.width), static_cast<float>(look_.erase_grey));
}

}  // namespace tivit::train
