#pragma once
// The four pictures that the per-key network looks at.
#include <ATen/core/Tensor.h>
#include <stages/keyboard/key_geometry.hpp>

namespace tivit::model {

/// From brightness y f32[T,H,W] and background f32[H,W], both 0..1, to f32[T,4,H,W]: 2(y - .55), 4(y - background),
/// 6(y_t - y_(t-1)), 6(y_(t+1) - y_t). Before the first and after the last frame nothing changes.
at::Tensor perkey_channels(const at::Tensor& brightness, const at::Tensor& background);

/// MIDI's pitch class (C is 0) of a key 0..87.
constexpr int pitch_class(int key) { return (key + 21) % 12; }

}  // namespace tivit::model
