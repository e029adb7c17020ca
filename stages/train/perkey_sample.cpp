// train/perkey_sample: a part of the keyboard, altered, with the labels of its keys.
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <stages/train/key_crop.hpp>
#include <stages/train/warp.hpp>

#include <cmath>
#include <tivit/tensor/stage.hpp>

namespace tivit::train {

/// Ports: strip u8[T,1,H,W] (carries its key geometry), background u8[1,H,W], targets {onset, offset, frame: f32[T,88]} → sample: what
/// model/perkey wants (`frames` f32[T,H,w], `background` f32[H,w], `keys.…` of K keys, `keys.mask` false for those that only fill up) and
/// `targets.…` f32[T,K].
///   [stages.sample]
///   use = "train/perkey_sample"
///   in = { strip = "strips", background = "background", targets = "targets" }
///   white_keys = 13
/// Every draw is a function of the run's seed and the item; one clip is altered alike in all of its frames.
/// Fails where the strip carries no key geometry, or is narrower than the sample.
struct PerKeySample : Augmentation {
  int white_keys = 13;
  std::int64_t keys = 22;
  double sounding = 0.8, mirror = 0.5;

  static void contract(Contract<PerKeySample>& c) {
    c.map("a training sample of the per-key network: a crop of the keyboard, altered").parallel();
    c.example(
        "[stages.sample]\nuse = \"train/perkey_sample\"\nin = { strip = \"strips\", background = \"background\", targets = \"targets\" "
        "}\nwhite_keys = 13\n");
    c.param("white_keys", &PerKeySample::white_keys).range(3, 52).unit("white keys").doc("width of a sample");
    c.param("keys", &PerKeySample::keys)
        .range(1, 88)
        .unit("keys")
        .doc("keys of a sample, those that only fill up included; the same for all samples");
    c.param("sounding", &PerKeySample::sounding)
        .range(0, 1)
        .unit("probability")
        .doc("the crop lies around a key that sounds; black keys are drawn twice as often");
    c.param("mirror", &PerKeySample::mirror).range(0, 1).unit("probability").doc("the picture is mirrored, its keys' labels with it");
    declare(c);
    c.in("strip", "u8[T,1,H,W]");
    c.in("background", "u8[1,H,W]");
    c.in("targets", "{onset: f32[T,88], offset: f32[T,88], frame: f32[T,88], ...}");
    c.out("sample",
          "{frames: f32[T,H,w], background: f32[H,w], keys: {centre: f32[K], pitch_class: i64[K], black: bool[K], mask: bool[K]}, targets: "
          "{onset: f32[T,K], "
          "offset: f32[T,K], frame: f32[T,K]}}");
  }

  void check(Faults& faults) const {
    if (const auto most = static_cast<std::int64_t>(most_keys(white_keys)); keys < most)
      faults.add("keys",
                 "a sample of " + std::to_string(white_keys) + " white keys can show " + std::to_string(most) + " keys, and keys is " +
                     std::to_string(keys),
                 "set keys to at least " + std::to_string(most));
  }

  Fields operator()(const at::Tensor& strip, const at::Tensor& background, const Fields& targets, const Context& context) const {
    const auto& geometry = context.get<keyboard::KeyGeometry>("key geometry");
    const std::int64_t frames = strip.size(0), height = strip.size(2), width = std::llround(white_keys * geometry.white_width);
    if (geometry.width < width)
      throw Error("the strip is " + std::to_string(geometry.width) + " px wide, a sample of " + std::to_string(white_keys) +
                      " white keys is " + std::to_string(width) + " px",
                  "set white_keys lower");
    Dice dice(context.seed());
    Crop crop{draw_crop(geometry, targets.at("frame"), width, sounding, dice), 0, width, height, dice.chance(mirror)};
    const Look look = Look::draw(*this, dice);

    const Warp warp(look, crop, strip.size(3), height);
    auto brightness = at::empty({frames, height, width}), behind = at::empty({height, width});
    const auto pixels = strip.contiguous(), still = background.contiguous();
    warp.draw(still.data_ptr<std::uint8_t>(), 0, 1, nullptr, false, behind.data_ptr<float>());
    for (std::int64_t t = 0; t < frames; ++t) {
      float flicker_draw, unused;
      dice.pair(flicker_draw, unused);
      warp.draw(pixels.data_ptr<std::uint8_t>() + t * height * strip.size(3), 0, 1 + look.flicker * flicker_draw, &dice, true,
                brightness.data_ptr<float>() + t * height * width);
    }
    return labelled(brightness, behind, keys_in_crop(geometry, crop.left, width, crop.mirrored), targets);
  }

 private:
  Fields labelled(const at::Tensor& frames, const at::Tensor& background, const std::vector<SampleKey>& shown,
                  const Fields& targets) const {
    if (static_cast<std::int64_t>(shown.size()) > keys)
      throw Error("a sample of " + std::to_string(shown.size()) + " keys was drawn, and keys is " + std::to_string(keys),
                  "set keys to at least that many");
    auto centre = at::zeros({keys});
    auto pitch_class = at::zeros({keys}, at::kLong), column = at::zeros({keys}, at::kLong);
    auto black = at::zeros({keys}, at::kBool), mask = at::zeros({keys}, at::kBool);
    for (std::size_t i = 0; i < shown.size(); ++i) {
      centre.data_ptr<float>()[i] = static_cast<float>(shown[i].centre);
      pitch_class.data_ptr<std::int64_t>()[i] = shown[i].pitch_class;
      column.data_ptr<std::int64_t>()[i] = shown[i].index;
      black.data_ptr<bool>()[i] = shown[i].black;
      mask.data_ptr<bool>()[i] = true;
    }
    Fields sample{{"frames", frames},    {"background", background}, {"keys.centre", centre}, {"keys.pitch_class", pitch_class},
                  {"keys.black", black}, {"keys.mask", mask}};
    for (const char* name : {"onset", "offset", "frame"})
      sample.set("targets." + std::string(name), targets.at(name).index_select(1, column).mul_(mask));
    return sample;
  }
};
TIVIT_STAGE("train/perkey_sample", PerKeySample)

}  // namespace tivit::train
