#pragma once
// What a cheap camera makes of a drawn frame: light that changes, flicker, noise, and the coded colours of video.
#include <cstdint>
#include <stages/keyboard/geometry.hpp>
#include <tivit/dice.hpp>
#include <vector>

namespace tivit::keyboard {

class Film {
 public:
  /// `changes`: how much the light changes, 1 for a usual room, 0 for none at all.
  Film(PictureSize picture, std::uint64_t seed, double changes);
  /// The I420 planes (BT.601, limited range) of a frame of 0x00RRGGBB pixels at `time_s`; valid until the next call.
  const std::uint8_t* expose(const std::uint32_t* pixels, int stride_pixels, double time_s);

 private:
  /// Light over time at one end of the picture, as a factor.
  double light(double time_s, double phase) const;
  struct Dimming {
    double begin_s, length_s, factor;
  };
  PictureSize picture_;
  Dice dice_;
  double changes_;
  double slow_hz_, drift_hz_, phase_;
  std::vector<Dimming> dimmings_;  ///< clouds, people passing a lamp
  std::vector<std::int8_t> grain_;
  std::vector<std::uint8_t> planes_;
  std::vector<std::int32_t> gains_;
};

}  // namespace tivit::keyboard
