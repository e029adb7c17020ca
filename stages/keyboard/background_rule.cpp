#include <stages/keyboard/background_rule.hpp>

#include <array>
#include <cmath>

namespace tivit::keyboard {
namespace {

/// Values counted, so that every rank is a walk over 256 numbers.
class Histogram {
 public:
  explicit Histogram(std::span<const std::uint8_t> values) {
    for (const auto v : values) ++count_[v];
  }
  /// The number at `rank` (from 0) of the sorted values, between two ranks interpolated.
  double at_rank(double rank) const {
    const auto below = static_cast<std::size_t>(std::floor(rank));
    const int low = value_at(below);
    const double part = rank - static_cast<double>(below);
    return part > 0 ? low + part * (value_at(below + 1) - low) : low;
  }
  double percentile(double p) const { return at_rank(p / 100 * static_cast<double>(total() - 1)); }
  double median() const { return percentile(50); }
  std::size_t total() const {
    std::size_t sum = 0;
    for (const auto n : count_) sum += n;
    return sum;
  }
  template <class Keep>
  Histogram only(const Keep& keep) const {
    Histogram kept({});
    for (int v = 0; v < 256; ++v)
      if (keep(v)) kept.count_[v] = count_[v];
    return kept;
  }

 private:
  int value_at(std::size_t rank) const {
    std::size_t seen = 0;
    for (int v = 0; v < 256; ++v)
      if ((seen += count_[v]) > rank) return v;
    return 255;
  }
  std::array<std::size_t, 256> count_{};
};

}  // namespace

std::uint8_t background_of(std::span<const std::uint8_t> values, bool may_be_black) {
  const Histogram all{values};
  const double least = 0.72 * all.percentile(95), most = all.percentile(5) + 45;
  const auto bright = [&] { return all.only([&](int v) { return v > least; }); };
  const Histogram dark = all.only([&](int v) { return v < most; });
  const bool white = all.percentile(80) > 150 || (!may_be_black && 2 * dark.total() < all.total());
  return static_cast<std::uint8_t>(std::lround(white ? bright().median() : dark.median()));
}

std::vector<bool> may_be_black(const KeyGeometry& geometry) {
  const double reach = geometry.white_width / 5;  // what a raised top is displaced by, and interpolation
  std::vector<bool> pixels(static_cast<std::size_t>(geometry.width) * geometry.height, true);
  const auto fill = [&](double left, double top, double right, double bottom, bool value) {
    for (int y = 0; y < geometry.height; ++y)
      for (int x = 0; x < geometry.width; ++x)
        if (x + 0.5 > left && x + 0.5 < right && y + 0.5 > top && y + 0.5 < bottom)
          pixels[static_cast<std::size_t>(y) * geometry.width + x] = value;
  };
  for (const auto& key : geometry.keys)
    if (!key.black) fill(key.left, key.top, key.right + 0.01, key.bottom, false);
  for (const auto& key : geometry.keys)
    if (key.black) fill(key.left - reach, key.top - reach, key.right + reach, key.bottom + reach, true);
  return pixels;
}

}  // namespace tivit::keyboard
