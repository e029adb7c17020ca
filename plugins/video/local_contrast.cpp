// video/local_contrast: evens out light: every pixel by the brightness and the contrast around it.
//
//   [stages.even]
//   use = "video/local_contrast"
//   in = "strips"
//   window = 31
//
// out = 128 + contrast * (in - mean) / (deviation + floor), in grey levels: mean of each channel over a square around the pixel, deviation
// over the same square and all channels, so that colours keep their balance. At the borders the square is what lies inside the picture. A
// shadow, or light from one side, is gone where it is wider than the window. The same ports as video/augment. Fails never.
#include <ATen/core/Tensor.h>
#include <ATen/ops/avg_pool2d.h>

#include <tivit/tensor/stage.hpp>

namespace {

struct LocalContrast {
  int window = 31;
  double contrast = 40, floor = 4;

  static void contract(tivit::Contract<LocalContrast>& c) {
    c.map("every pixel by the brightness and the contrast around it").parallel();
    c.param("window", &LocalContrast::window).range(3, 1001).unit("px").doc("side of the square; an even one is taken one larger");
    c.param("contrast", &LocalContrast::contrast).range(1, 128).unit("grey levels").doc("what the deviation around a pixel becomes");
    c.param("floor", &LocalContrast::floor)
        .range(0.1, 100)
        .unit("grey levels")
        .doc("added to the deviation: noise in even areas stays small");
    c.in("frames", "u8[T,C,H,W]");
    c.out("frames", "u8[T,C,H,W]");
    c.example("[stages.even]\nuse = \"video/local_contrast\"\nin = \"strips\"\nwindow = 31\n");
  }

  at::Tensor operator()(const at::Tensor& frames) const {
    if (frames.numel() == 0) return frames.clone();
    const at::Tensor x = frames.to(at::kFloat);
    const at::Tensor difference = x.sub(mean(x));
    // Of the differences, not E[x²] - E[x]²: that cancels badly in fp32.
    const at::Tensor deviation = mean(difference.square().mean(1, true)).sqrt_();
    return difference.mul(contrast).div_(deviation.add_(floor)).add_(128).round_().clamp_(0, 255).to(at::kByte);
  }

 private:
  /// Over the window around every pixel; rows and columns one after the other.
  at::Tensor mean(const at::Tensor& x) const {
    const std::int64_t side = window | 1, half = side / 2;
    const auto columns = at::avg_pool2d(x, {side, 1}, {1, 1}, {half, 0}, false, /*count_include_pad=*/false);
    return at::avg_pool2d(columns, {1, side}, {1, 1}, {0, half}, false, false);
  }
};
TIVIT_STAGE("video/local_contrast", LocalContrast)

}  // namespace
