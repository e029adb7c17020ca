#pragma once
// Which part of the keyboard a training sample shows, and what its keys are called there.
#include <ATen/core/Tensor.h>
#include <stages/keyboard/key_geometry.hpp>
#include <tivit/dice.hpp>
#include <vector>

namespace tivit::train {

/// A key of a sample: where it lies in the sample's picture and which it is on the keyboard.
struct SampleKey {
  int index = 0;        ///< 0..87, the column of its labels
  double centre = 0;    ///< px in the sample
  int pitch_class = 0;  ///< what it looks like: mirrored about D in a mirrored sample
  bool black = false;
};

/// Left edge, px: around a key that sounds (black keys twice as often) or, with probability 1 - `sounding`, anywhere.
/// A multiple of 4 px, so that the network's columns meet the keys as they do in a whole strip.
std::int64_t draw_crop(const keyboard::KeyGeometry& geometry, const at::Tensor& frame_targets, std::int64_t width, double sounding,
                       Dice& dice);

/// Keys whose window of the network (10 px to each side) lies inside the crop.
std::vector<SampleKey> keys_in_crop(const keyboard::KeyGeometry& geometry, std::int64_t left, std::int64_t width, bool mirrored);

/// As many as a crop of so many white keys can show, of strips with the network's 12 px a white key.
std::size_t most_keys(int white_keys);

}  // namespace tivit::train
