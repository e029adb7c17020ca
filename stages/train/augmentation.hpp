#pragma once
// How a clip may look different without its notes changing: another light, another camera, a keyboard marked a little off.
#include <tivit/dice.hpp>

#include <tivit/contract.hpp>

namespace tivit::train {

/// How far each property may stray; parameters of the stages that draw samples. The defaults are those that per-key training was tried
/// with.
struct Augmentation {
  double scale_x = 0.02, scale_y = 0.05, rotation_deg = 0.4, shear = 0.06, shift_x_px = 2, shift_y_px = 2.5;
  double gamma = 0.5, gain_low = 0.7, gain_high = 1.25, offset = 0.12, colour = 0, flicker = 0.015, ramp = 0.12, noise = 0.03, erase = 0;

  template <class T>
  static void declare(Contract<T>& c) {
    const auto param = [&](const char* name, double Augmentation::*member, double high, const char* unit, const char* doc) {
      c.template param<double>(name, member).range(0, high).unit(unit).doc(doc);
    };
    param("scale_x", &Augmentation::scale_x, 0.5, "", "scale along the keyboard: 1 ± this");
    param("scale_y", &Augmentation::scale_y, 0.5, "", "scale along the keys: 1 ± this");
    param("rotation", &Augmentation::rotation_deg, 45, "degrees", "rotation: ± this");
    param("shear", &Augmentation::shear, 1, "px/px", "slant of the keys: ± this");
    param("shift_x", &Augmentation::shift_x_px, 1000, "px", "shift along the keyboard: ± this");
    param("shift_y", &Augmentation::shift_y_px, 1000, "px", "shift along the keys: ± this");
    param("gamma", &Augmentation::gamma, 3, "", "brightness to the power e^(± this)");
    param("gain_low", &Augmentation::gain_low, 10, "", "least factor on brightness");
    param("gain_high", &Augmentation::gain_high, 10, "", "largest factor on brightness");
    param("offset", &Augmentation::offset, 1, "of full brightness", "added to brightness: ± this");
    param("colour", &Augmentation::colour, 1, "", "factor on each colour channel: 1 ± this");
    param("flicker", &Augmentation::flicker, 1, "", "deviation of a factor on each frame");
    param("ramp", &Augmentation::ramp, 1, "", "factor that changes across the picture: 1 ± this at its edges");
    param("noise", &Augmentation::noise, 1, "of full brightness", "deviation of the noise of a pixel: 0 to this");
    param("erase", &Augmentation::erase, 1, "probability", "a rectangle of the clip is one grey");
  }
};

/// One clip's draw: the same for all of its frames (but for flicker and noise).
struct Look {
  double xx = 1, xy = 0, yx = 0, yy = 1, shift_x = 0, shift_y = 0;  ///< picture of the sample → source, both from the centre
  double gamma = 1, gain = 1, offset = 0, ramp_x = 0, ramp_y = 0, noise = 0, flicker = 0;
  double channel_gain[3] = {1, 1, 1};
  bool erased = false;
  double erase_x = 0, erase_y = 0, erase_w = 0, erase_h = 0, erase_grey = 0;  ///< shares of the picture

  static Look draw(const Augmentation& range, Dice& dice);
};

}  // namespace tivit::train
