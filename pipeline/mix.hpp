#pragma once
// splitmix64: well-mixed bits, the same with every compiler and library.
#include <cstdint>

namespace tivit {

/// 64 bits that look random, a function of `state`: neighbouring states give unrelated bits.
constexpr std::uint64_t mixed(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15U;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
  return state ^ (state >> 31);
}

/// The next number of the sequence that begins at `state`.
constexpr std::uint64_t next_mixed(std::uint64_t& state) {
  const std::uint64_t bits = mixed(state);
  state += 0x9e3779b97f4a7c15U;
  return bits;
}

}  // namespace tivit
