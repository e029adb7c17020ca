// keyboard/motion: how much the picture of each key changes from one row to the next. See the contract.
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stages/keyboard/key_geometry.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::keyboard {
namespace {

/// The mean change of brightness in a key's part of the picture, less that of the keys around it: a key that moves stands out,
/// a hand that passes and a lamp that flickers do not. Looked at is the part between the black keys, which fingers cover least.
///   [stages.motion]
///   use = "keyboard/motion"
///   in = "strips"
/// A row's value is the change since the row before, so the time grid that leaves lies half a row earlier. The first row of a
/// window has none before it and is 0: overlapping windows, joined by batch/stitch, leave one such row in a recording. Keys that
/// are not in the picture are 0. Fails where the strips carry no key geometry or no time grid.
struct Motion {
  int most = 7;
  double around = 1.5;

  static void contract(Contract<Motion>& c) {
    c.map("how much each key's picture changes, and more than its neighbours'").parallel().attaches<TimeGrid>();
    c.param("most", &Motion::most).range(1, 255).unit("grey levels").doc("a pixel's change counts up to this: hands change more");
    c.param("around", &Motion::around).range(0.5, 10).unit("white keys").doc("how far the keys around reach to either side");
    c.in("strip", "u8[T,1,h,w]");
    c.out("motion", "{change: f32[T,88]}").doc("grey levels, 0 and above");
    c.example("[stages.motion]\nuse = \"keyboard/motion\"\nin = \"strips\"\n");
  }

  Fields operator()(const at::Tensor& strip, Context& context) const {
    const auto& geometry = context.get<KeyGeometry>("key geometry");
    const auto& grid = context.get<TimeGrid>("time grid");
    context.set(TimeGrid{grid.at(-0.5), grid.hop_ns});
    const auto rows = strip.size(0), height = strip.size(2), width = strip.size(3);
    const auto [top, bottom] = band(geometry, height);
    const auto pixels = strip.contiguous();
    auto change = at::zeros({rows, 88});
    std::vector<double> sums(static_cast<std::size_t>(width) + 1);
    for (std::int64_t row = 1; row < rows; ++row) {
      const auto* now = pixels.const_data_ptr<std::uint8_t>() + row * height * width;
      column_sums(now - height * width, now, top, bottom, width, sums);
      for (const auto& key : geometry.keys) {
        if (!key.present) continue;
        const double half = geometry.white_width / 2;
        const double own = mean(sums, key.centre(), half), others = mean(sums, key.centre(), half + around * geometry.white_width);
        change.data_ptr<float>()[row * 88 + key.index] =
            static_cast<float>(std::max(0.0, own - others) / static_cast<double>(bottom - top));
      }
    }
    return {{"change", change}};
  }

 private:
  /// Rows of the strip where black keys are seen; all rows where there is no black key.
  static std::pair<std::int64_t, std::int64_t> band(const KeyGeometry& geometry, std::int64_t height) {
    const auto black = std::find_if(geometry.keys.begin(), geometry.keys.end(), [](const Key& key) { return key.black; });
    if (black == geometry.keys.end()) return {0, height};
    const auto top = std::clamp<std::int64_t>(std::llround(black->top) + 1, 0, height - 1);
    return {top, std::clamp<std::int64_t>(std::llround(black->bottom) - 1, top + 1, height)};
  }
  /// sums[x]: the change of all pixels of the band left of column x.
  void column_sums(const std::uint8_t* before, const std::uint8_t* now, std::int64_t top, std::int64_t bottom, std::int64_t width,
                   std::vector<double>& sums) const {
    std::fill(sums.begin(), sums.end(), 0);
    for (auto y = top; y < bottom; ++y)
      for (std::int64_t x = 0; x < width; ++x) {
        const auto at = y * width + x;
        sums[static_cast<std::size_t>(x) + 1] += std::min(most, std::abs(int{now[at]} - int{before[at]}));
      }
    for (std::size_t x = 1; x < sums.size(); ++x) sums[x] += sums[x - 1];
  }
  static double mean(const std::vector<double>& sums, double centre, double half) {
    const auto last = static_cast<double>(sums.size() - 1);
    const auto left = static_cast<std::size_t>(std::clamp(std::round(centre - half), 0.0, last - 1));
    const auto right = static_cast<std::size_t>(std::clamp(std::round(centre + half), static_cast<double>(left) + 1, last));
    return (sums[right] - sums[left]) / static_cast<double>(right - left);
  }
};
TIVIT_STAGE("keyboard/motion", Motion)

}  // namespace
}  // namespace tivit::keyboard
