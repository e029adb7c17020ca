#pragma once
// Random numbers for rendered clips: a seed gives the same piece with every standard library.
#include <cstdint>
#include <tivit/mix.hpp>

namespace tivit::keyboard {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() { return next_mixed(state_); }
  double uniform(double low, double high) { return low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53; }
  /// low … high, both included.
  int whole(int low, int high) { return low + static_cast<int>(bits() % static_cast<std::uint64_t>(high - low + 1)); }
  bool chance(double p) { return uniform(0, 1) < p; }
  /// About normal: the sum of four uniform numbers.
  double noise(double deviation) {
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += uniform(-1, 1);
    return sum * deviation * 0.8660254037844386;
  }

 private:
  std::uint64_t state_;
};

}  // namespace tivit::keyboard
