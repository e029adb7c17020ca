#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <stages/data/clip.hpp>
#include <tivit/run_context.hpp>

namespace tivit::keyboard {

/// The clip's corners. Without them `still` is asked for a picture u8[1 or 3, H, W], which goes to `stills/NAME.png` of the run
/// directory for the user to mark, and an Error says how to hand the corners in.
const Corners& corners_of(const data::Clip& clip, const RunContext& run, const std::function<at::Tensor()>& still);

/// A PNG file of a picture u8[1 or 3, H, W].
void write_png(const std::filesystem::path& file, const at::Tensor& picture);

}  // namespace tivit::keyboard
