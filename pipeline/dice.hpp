#pragma once
// Random numbers that are a function of one seed, the same with every compiler and standard library.
#include <cstdint>
#include <tivit/mix.hpp>

namespace tivit {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() { return next_mixed(state_); }
  /// In [low, high).
  double uniform(double low, double high) { return low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53; }
  double around_zero(double size) { return uniform(-size, size); }
  bool chance(double probability) { return uniform(0, 1) < probability; }
  /// low … high, both included.
  int whole(int low, int high) { return low + static_cast<int>(bits() % static_cast<std::uint64_t>(high - low + 1)); }
  /// 0 … count - 1.
  std::int64_t below(std::int64_t count) { return static_cast<std::int64_t>(uniform(0, 1) * static_cast<double>(count)); }
  /// About normal: the sum of four uniform numbers.
  double noise(double deviation) {
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += uniform(-1, 1);
    return sum * deviation * 0.8660254037844386;
  }
  /// Two nearly normal numbers (mean 0, deviation 1, bounded by 3.5) from the bytes of one draw: cheap enough for every pixel.
  void pair(float& a, float& b) {
    const std::uint64_t r = bits();
    constexpr float mean = 510, deviation = 147.8017F;
    a = (static_cast<float>((r & 255) + (r >> 8 & 255) + (r >> 16 & 255) + (r >> 24 & 255)) - mean) / deviation;
    b = (static_cast<float>((r >> 32 & 255) + (r >> 40 & 255) + (r >> 48 & 255) + (r >> 56)) - mean) / deviation;
  }

 private:
  std::uint64_t state_;
};

}  // namespace tivit
