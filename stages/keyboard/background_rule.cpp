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

std::uint8_t background_of(std::span<const std::uint8_t> values, Surface surface) {
  constexpr double darker_than_hands = 90;
  const Histogram all{values};
  const double least = 0.72 * all.percentile(95), most = all.percentile(5) + 45;
  const auto bright = [&] { return all.only([&](int v) { return v > least; }); };
  const Histogram dark = all.only([&](int v) { return v < most; });
  const bool mostly_dark = 2 * dark.total() >= all.total(), bright_at_times = all.percentile(80) > 150;
  const bool fingers_on_black = mostly_dark && all.percentile(5) < darker_than_hands;
  const auto median = [&] {
    switch (surface) {
      case Surface::black: return dark.median();
      case Surface::edge: return bright_at_times ? (fingers_on_black ? dark : bright()).median() : all.median();
      case Surface::white: return (bright_at_times || !mostly_dark ? bright() : dark).median();
      case Surface::outside: break;
    }
    return (bright_at_times ? bright() : dark).median();
  };
  return static_cast<std::uint8_t>(std::lround(median()));
}

std::vector<Surface> surfaces(const KeyGeometry& geometry) {
  const double reach = geometry.white_width / 5;  // what a raised top is displaced by, and interpolation
  std::vector<Surface> pixels(static_cast<std::size_t>(geometry.width) * geometry.height, Surface::outside);
  const auto fill = [&](const Key& key, double wider, Surface surface) {
    for (int y = 0; y < geometry.height; ++y)
      for (int x = 0; x < geometry.width; ++x)
        if (x + 0.5 > key.left - wider && x + 0.5 < key.right + wider && y + 0.5 > key.top - wider && y + 0.5 < key.bottom + wider)
          pixels[static_cast<std::size_t>(y) * geometry.width + x] = surface;
  };
  for (const auto& key : geometry.keys)
    if (!key.black) fill(key, 1e-3, Surface::white);
  for (const auto& key : geometry.keys)
    if (key.black) fill(key, reach, Surface::edge);
  for (const auto& key : geometry.keys)
    if (key.black) fill(key, -reach, Surface::black);
  return pixels;
}

}  // namespace tivit::keyboard
