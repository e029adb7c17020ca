// video/augment: frames as another camera in another light might have seen them.
#include <ATen/ops/empty.h>
#include <stages/train/warp.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::train {

/// Ports: frames u8[T,C,H,W] → frames, altered alike over the whole clip (but for flicker and noise): moved, lit, coloured, noisy, partly
/// erased.
///   [stages.augment]
///   use = "video/augment"
///   in = "decode"
///   colour = 0.1
///   erase = 0.2
/// There is no mirror: the 88 keys are not symmetric, so no labels would fit a mirrored picture. (train/perkey_sample, which shows a part
/// of them, can mirror.)
struct Augment : Augmentation {
  static void contract(Contract<Augment>& c) {
    c.map("another camera's view of the same clip, in another light").parallel();
    c.example("[stages.augment]\nuse = \"video/augment\"\nin = \"decode\"\ncolour = 0.1\nerase = 0.2\n");
    declare(c);
    c.in("frames", "u8[T,C,H,W]");
    c.out("frames", "u8[T,C,H,W]");
  }
  at::Tensor operator()(const at::Tensor& frames, const Context& context) const {
    Draws draws(context.seed());
    const Look look = Look::draw(*this, draws);
    const auto height = frames.size(2), width = frames.size(3), channels = frames.size(1);
    const Warp warp(look, {0, 0, width, height, false}, width, height);
    const auto from = frames.contiguous();
    auto to = at::empty(frames.sizes(), frames.options());
    std::vector<float> drawn(static_cast<std::size_t>(height * width));
    for (std::int64_t t = 0; t < frames.size(0); ++t) {
      float flicker_draw, unused;
      draws.pair(flicker_draw, unused);
      for (std::int64_t c = 0; c < channels; ++c) {
        const auto plane = (t * channels + c) * height * width;
        warp.draw(from.data_ptr<std::uint8_t>() + plane, static_cast<int>(c), 1 + look.flicker * flicker_draw, &draws, true, drawn.data());
        auto* out = to.data_ptr<std::uint8_t>() + plane;
        for (std::size_t i = 0; i < drawn.size(); ++i) out[i] = static_cast<std::uint8_t>(drawn[i] * 255 + 0.5F);
      }
    }
    return to;
  }
};
TIVIT_STAGE("video/augment", Augment)

}  // namespace tivit::train
