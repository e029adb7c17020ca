#include <stages/train/augmentation.hpp>

#include <cmath>
#include <numbers>

namespace tivit::train {

Look Look::draw(const Augmentation& range, Dice& dice) {
  Look look;
  const double angle = dice.around_zero(range.rotation_deg) * std::numbers::pi / 180;
  const double sx = 1 + dice.around_zero(range.scale_x), sy = 1 + dice.around_zero(range.scale_y), shear = dice.around_zero(range.shear);
  look.xx = sx * std::cos(angle);
  look.xy = sx * (shear * std::cos(angle) - std::sin(angle));
  look.yx = sy * std::sin(angle);
  look.yy = sy * (shear * std::sin(angle) + std::cos(angle));
  look.shift_x = dice.around_zero(range.shift_x_px);
  look.shift_y = dice.around_zero(range.shift_y_px);
  look.gamma = std::exp(dice.around_zero(range.gamma));
  look.gain = dice.uniform(range.gain_low, range.gain_high);
  look.offset = dice.around_zero(range.offset);
  for (double& gain : look.channel_gain) gain = 1 + dice.around_zero(range.colour);
  look.ramp_x = dice.around_zero(range.ramp);
  look.ramp_y = dice.around_zero(range.ramp);
  look.flicker = range.flicker;
  look.noise = dice.uniform(0, range.noise);
  look.erased = dice.chance(range.erase);
  look.erase_w = dice.uniform(0.05, 0.3);
  look.erase_h = dice.uniform(0.1, 0.6);
  look.erase_x = dice.uniform(0, 1 - look.erase_w);
  look.erase_y = dice.uniform(0, 1 - look.erase_h);
  look.erase_grey = dice.uniform(0, 1);
  return look;
}

}  // namespace tivit::train
