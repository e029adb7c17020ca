#pragma once
// The four pictures that the per-key network looks at.
#include <ATen/core/Tensor.h>
#include <stages/keyboard/key_geometry.hpp>

namespace tivit::model {

/// From brightness y u8|f32[T,H,W] (0..255 or 0..1) and background of the same type [H,W], frames first … first + count: type[count,4,H,W]
/// with the channels innermost (channels-last memory): 2(y - .55), 4(y - background), 6(y_t - y_(t-1)), 6(y_(t+1) - y_t). Only the first
/// `there` frames are real. Before the first and after the last of them nothing changes. `type`: float or bf16.
at::Tensor perkey_channels(const at::Tensor& brightness, const at::Tensor& background, std::int64_t first, std::int64_t count,
                           std::int64_t there, at::ScalarType type);

/// MIDI's pitch class (C is 0) of a key 0..87.
constexpr int pitch_class(int key) { return (key + 21) % 12; }

}  // namespace tivit::model
