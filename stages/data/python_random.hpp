#pragma once
// The numbers of CPython's `random.Random(seed)`, so that lists drawn with it can be drawn again.
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tivit::data {

class PythonRandom {
 public:
  /// An integer of any size, in decimal digits; its sign does not matter. Throws Error for anything else.
  explicit PythonRandom(const std::string& seed);

  double random();                           ///< [0, 1)
  std::uint32_t bits(int count);             ///< getrandbits, 1 to 32
  std::uint32_t below(std::uint32_t limit);  ///< randrange(limit); limit > 0
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i-- > 1;) std::swap(values[i], values[below(static_cast<std::uint32_t>(i) + 1)]);
  }

 private:
  std::mt19937 twister_;
};

}  // namespace tivit::data
