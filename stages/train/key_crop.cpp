#include <ATen/ops/amax.h>
#include <stages/keyboard/geometry.hpp>
#include <stages/model/perkey_channels.hpp>
#include <stages/train/key_crop.hpp>
#include <stages/train/mirror.hpp>

#include <algorithm>

namespace tivit::train {
namespace {
constexpr double half_window_px = 10;
constexpr std::int64_t column_px = 4;
}  // namespace

std::int64_t draw_crop(const keyboard::KeyGeometry& geometry, const at::Tensor& frame_targets, std::int64_t width, double sounding,
                       Dice& dice) {
  const auto room = geometry.width - width;
  const auto aligned = [&](double left) {
    const auto columns = static_cast<std::int64_t>(std::clamp(left, 0.0, static_cast<double>(room))) / column_px;
    return columns * column_px;
  };
  const bool around_a_key = dice.chance(sounding);
  const double where = dice.uniform(0, 1), which = dice.uniform(0, 1);
  if (around_a_key && frame_targets.size(0) > 0) {
    const auto loudest = frame_targets.amax(0).to(at::kFloat).contiguous();
    const float* level = loudest.data_ptr<float>();
    double total = 0;
    for (const auto& key : geometry.keys) total += key.present && level[key.index] > 0.5F ? (key.black ? 2 : 1) : 0;
    double left_over = which * total;
    for (const auto& key : geometry.keys) {
      if (!key.present || level[key.index] <= 0.5F) continue;
      left_over -= key.black ? 2 : 1;
      if (left_over < 0) return aligned(key.centre() - half_window_px - where * (static_cast<double>(width) - 2 * half_window_px));
    }
  }
  return aligned(where * static_cast<double>(room + 1));
}

std::vector<SampleKey> keys_in_crop(const keyboard::KeyGeometry& geometry, std::int64_t left, std::int64_t width, bool mirrored) {
  std::vector<SampleKey> keys;
  for (const auto& key : geometry.keys) {
    double centre = key.centre() - static_cast<double>(left);
    if (!key.present || centre < half_window_px || centre > static_cast<double>(width) - half_window_px) continue;
    int pitch_class = model::pitch_class(key.index);
    if (mirrored) {
      centre = static_cast<double>(width) - centre;
      pitch_class = mirrored_pitch_class(key.index);
    }
    keys.push_back({key.index, centre, pitch_class, key.black});
  }
  return keys;
}

std::size_t most_keys(int white_keys) {
  const keyboard::StripLayout layout;
  keyboard::KeyGeometry geometry{layout.width_px(), layout.height_px, static_cast<double>(layout.white_px), {}};
  for (int index = 0; index < 88; ++index) {
    const auto [left, right] = keyboard::key_span(index);
    geometry.keys.push_back({index, keyboard::is_black(index), layout.x_of(left), layout.x_of(right)});
  }
  const std::int64_t width = white_keys * layout.white_px;
  std::size_t most = 0;
  for (std::int64_t left = 0; left + width <= geometry.width; left += column_px)
    most = std::max(most, keys_in_crop(geometry, left, width, false).size());
  return most;
}

}  // namespace tivit::train
