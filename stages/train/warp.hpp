#pragma once
// Dice byte pictures as a Look says: moved, lit, noisy. The geometry is worked out once for a clip.
#include <cstdint>
#include <stages/train/augmentation.hpp>
#include <vector>

namespace tivit::train {

/// The part of the source that the sample shows before it is moved.
struct Crop {
  std::int64_t left = 0, top = 0, width = 0, height = 0;
  bool mirrored = false;
};

class Warp {
 public:
  /// `source_width`, `source_height`: of each picture that `draw` reads; what would lie outside repeats the edge.
  Warp(const Look& look, const Crop& crop, std::int64_t source_width, std::int64_t source_height);

  /// One channel of one frame into `out` f32[crop.height, crop.width], 0..1. `frame_gain`: flicker; noise only where `dice` is given.
  void draw(const std::uint8_t* source, int channel, double frame_gain, Dice* dice, bool erase, float* out) const;

 private:
  struct Tap {
    std::int32_t offset;       ///< of the upper left of four source pixels
    std::int32_t right, down;  ///< steps to the neighbours; 0 at the edge
    float fx, fy, ramp;
  };
  Look look_;
  Crop crop_;
  std::vector<Tap> taps_;
};

}  // namespace tivit::train
