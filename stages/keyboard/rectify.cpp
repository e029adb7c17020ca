// keyboard/rectify: frames with a keyboard in them, as strips. See the contract.
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <memory>
#include <stages/keyboard/corners_of.hpp>
#include <stages/keyboard/layout_parameters.hpp>
#include <stages/keyboard/rectifier.hpp>
#include <stages/keyboard/unseen_keys.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::keyboard {
namespace {

/// Turns whole frames into strips by the corners that the item's clip carries; any view of the keyboard will do. What is
/// denser than the strip is averaged, and the strip carries its key geometry. Warns once for each clip whose picture shows less than the
/// whole keyboard.
///   [stages.strips]
///   use = "keyboard/rectify"
///   in = "decode"
/// Fails for an item that carries no clip, and for a clip without corners: then a still to mark lies in stills/ of the run
/// directory. keyboard/strips does the same from the file, decoding only the part that is needed.
struct Rectify : LayoutParameters {
  static void contract(Contract<Rectify>& c) {
    c.map("the keyboard in the frames as a strip: bass left, far end at the top").parallel();
    declare(c);
    c.in("frames", "u8[T,C,H,W]").doc("whole pictures, grey or colour planes");
    c.out("strip", "u8[T,C,h,w]");
    c.attaches<KeyGeometry>();
    c.example("[stages.strips]\nuse = \"keyboard/rectify\"\nin = \"decode\"\nwhite_px = 12\nheight = 64\n");
  }

  at::Tensor operator()(const at::Tensor& frames, Context& context) const {
    const auto& clip = context.get<data::Clip>("clip, and with it no corners of the keyboard");
    const at::Tensor pixels = frames.contiguous();
    const PictureSize size{static_cast<int>(pixels.size(3)), static_cast<int>(pixels.size(2))};
    const auto& corners = corners_of(clip, context.run(), [&] {
      if (pixels.size(0) == 0 || (pixels.size(1) != 1 && pixels.size(1) != 3)) throw Error("there is no frame to make a still of");
      return pixels[pixels.size(0) / 2];
    });
    const auto rectifier = cache_->get(corners, size, layout(), {0, 0, size.width, size.height});
    const auto& geometry = rectifier->geometry();
    unseen_->tell(clip.name, geometry, size);
    at::Tensor strips = at::empty({pixels.size(0), pixels.size(1), geometry.height, geometry.width}, pixels.options());
    const auto* from = pixels.const_data_ptr<std::uint8_t>();
    auto* to = strips.mutable_data_ptr<std::uint8_t>();
    for (std::int64_t plane = 0; plane < pixels.size(0) * pixels.size(1); ++plane)
      (*rectifier)(from + plane * size.width * size.height, to + plane * geometry.width * geometry.height);
    context.set(geometry);
    return strips;
  }

 private:
  std::unique_ptr<UnseenKeys> unseen_ = std::make_unique<UnseenKeys>();
  std::unique_ptr<RectifierCache> cache_ = std::make_unique<RectifierCache>();
};
TIVIT_STAGE("keyboard/rectify", Rectify)

}  // namespace
}  // namespace tivit::keyboard
