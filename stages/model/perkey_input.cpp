// model/perkey_input: a strip of the whole keyboard as the per-key network wants it.
#include <ATen/ops/zeros.h>
#include <stages/model/perkey_channels.hpp>

#include <tivit/tensor/stage.hpp>

namespace tivit::model {

/// Ports: strip u8[T,1,H,W] (carries its key geometry), background u8[1,H,W] → record of `frames` u8[T,H,W], `background` u8[H,W] and,
/// for all 88 keys, `keys.centre` f32[88] (px), `keys.pitch_class` i64[88], `keys.black` bool[88], `keys.mask` bool[88]: false where a key
/// is not in the picture.
///   [stages.input]
///   use = "model/perkey_input"
///   in = { strip = "strips", background = "background" }
/// Fails where the strip carries no key geometry or the background is of another recording's size.
struct PerKeyInput {
  static void contract(Contract<PerKeyInput>& c) {
    c.map("a keyboard strip as the per-key network's input").parallel();
    c.example("[stages.input]\nuse = \"model/perkey_input\"\nin = { strip = \"strips\", background = \"background\" }\n");
    c.in("strip", "u8[T,1,H,W]");
    c.in("background", "u8[1,H,W]");
    c.out("input",
          "{frames: u8[T,H,W], background: u8[H,W], keys: {centre: f32[88], pitch_class: i64[88], black: bool[88], mask: bool[88]}}");
  }
  Fields operator()(const at::Tensor& strip, const at::Tensor& background, const Context& context) const {
    const auto& geometry = context.get<keyboard::KeyGeometry>("key geometry");
    auto centre = at::zeros({88});
    auto pitch = at::zeros({88}, at::kLong);
    auto black = at::zeros({88}, at::kBool), mask = at::zeros({88}, at::kBool);
    for (int i = 0; i < 88; ++i) {
      pitch.data_ptr<std::int64_t>()[i] = pitch_class(i);
      black.data_ptr<bool>()[i] = keyboard::is_black(i);
    }
    for (const auto& key : geometry.keys) {
      centre.data_ptr<float>()[key.index] = static_cast<float>(key.centre());
      mask.data_ptr<bool>()[key.index] = key.present;
    }
    return {{"frames", strip.select(1, 0)}, {"background", background.select(0, 0)},
            {"keys.centre", centre},        {"keys.pitch_class", pitch},
            {"keys.black", black},          {"keys.mask", mask}};
  }
};
TIVIT_STAGE("model/perkey_input", PerKeyInput)

}  // namespace tivit::model
