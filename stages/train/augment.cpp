// video/augment: frames as another camera in another light might have seen them.
#include <ATen/ops/empty.h>
#include <stages/train/mirror.hpp>
#include <stages/train/warp.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::train {

/// Ports: frames u8[T,C,H,W] → frames, altered alike over the whole clip (but for flicker and noise): moved, lit, coloured, noisy, partly
/// erased. Optional targets, passed on as they are, or mirrored with the frames.
///   [stages.augment]
///   use = "video/augment"
///   in = { frames = "strips", targets = "targets" }
///   colour = 0.1
///   mirror = 0.5
/// `mirror` needs strips, whose key geometry tells where the keys lie, and the targets of all 88 keys: what is seen is then a keyboard
/// mirrored about its middle D, and each key's targets are those of the key that is seen there. Fails without them.
struct Augment : Augmentation {
  double mirror = 0;

  static void contract(Contract<Augment>& c) {
    c.map("another camera's view of the same clip, in another light").parallel().attaches<keyboard::KeyGeometry>();
    c.example(
        "[stages.augment]\nuse = \"video/augment\"\nin = { frames = \"strips\", targets = \"targets\" }\ncolour = 0.1\nmirror = 0.5\n");
    c.param("mirror", &Augment::mirror).range(0, 1).unit("probability").doc("a strip is mirrored about the middle D, its targets with it");
    declare(c);
    c.in("frames", "u8[T,C,H,W]");
    c.in("targets", "{...}").optional().doc("of labels/targets");
    c.out("frames", "u8[T,C,H,W]");
    c.out("targets", "{...}").doc("empty where none came in");
  }
  void check(Faults& faults) const {
    if (mirror > 0 && !faults.is_fed("targets")) faults.add("mirror", without_targets());
  }

  std::tuple<at::Tensor, Fields> operator()(const at::Tensor& frames, const Fields* targets, Context& context) const {
    Dice dice(context.seed());
    Look look = Look::draw(*this, dice);
    const auto height = frames.size(2), width = frames.size(3), channels = frames.size(1);
    Crop crop{0, 0, width, height, mirror > 0 && dice.chance(mirror)};
    if (mirror > 0 && !targets) throw without_targets();
    if (crop.mirrored) {
      const auto& geometry = context.get<keyboard::KeyGeometry>("key geometry");
      look.shift_x += 2 * mirror_from_middle(geometry, width);
      context.set(mirrored(geometry));
    }
    const Warp warp(look, crop, width, height);
    const auto from = frames.contiguous();
    auto to = at::empty(frames.sizes(), frames.options());
    std::vector<float> drawn(static_cast<std::size_t>(height * width));
    for (std::int64_t t = 0; t < frames.size(0); ++t) {
      float flicker_draw, unused;
      dice.pair(flicker_draw, unused);
      for (std::int64_t c = 0; c < channels; ++c) {
        const auto plane = (t * channels + c) * height * width;
        warp.draw(from.data_ptr<std::uint8_t>() + plane, static_cast<int>(c), 1 + look.flicker * flicker_draw, &dice, true, drawn.data());
        auto* out = to.data_ptr<std::uint8_t>() + plane;
        for (std::size_t i = 0; i < drawn.size(); ++i) out[i] = static_cast<std::uint8_t>(drawn[i] * 255 + 0.5F);
      }
    }
    if (!targets) return {to, Fields{}};
    return {to, crop.mirrored ? mirrored(*targets) : *targets};
  }

 private:
  static Error without_targets() { return Error("frames are to be mirrored without their targets", "connect targets, or set mirror = 0"); }
  /// How far right of the picture's middle the mirror stands, px.
  static double mirror_from_middle(const keyboard::KeyGeometry& geometry, std::int64_t width) {
    for (const auto& key : geometry.keys)
      if (key.index == middle_d && geometry.width == width) return key.centre() - 0.5 * static_cast<double>(width);
    throw Error("the frames are not strips of a keyboard with its middle D", "give keyboard/strips, or set mirror = 0");
  }
};
TIVIT_STAGE("video/augment", Augment)

}  // namespace tivit::train
