#include <stages/data/python_random.hpp>

#include <algorithm>
#include <bit>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

/// The digits of a decimal number in base 2^32, lowest first; at least one.
std::vector<std::uint32_t> words_of(const std::string& seed) {
  std::string digits = seed;
  if (digits.starts_with('-') || digits.starts_with('+')) digits.erase(0, 1);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return c >= '0' && c <= '9'; }))
    throw Error("\"" + seed + "\" is not a whole number", "give a seed such as 42");
  std::vector<std::uint32_t> words(1, 0);
  for (const char digit : digits) {
    std::uint64_t carry = static_cast<std::uint64_t>(digit - '0');
    for (auto& word : words) {
      carry += static_cast<std::uint64_t>(word) * 10;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry) words.push_back(static_cast<std::uint32_t>(carry));
  }
  return words;
}

/// Fills the twister's state from a key of any length (Matsumoto's init_by_array); a seed sequence as std::mt19937 takes it.
struct ByArray {
  using result_type = std::uint32_t;
  std::vector<std::uint32_t> key;

  template <class Iterator>
  void generate(Iterator begin, Iterator) {
    constexpr std::size_t size = std::mt19937::state_size;
    std::vector<std::uint32_t> state(size);
    state[0] = 19650218;
    for (std::uint32_t i = 1; i < size; ++i) state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    std::size_t i = 1, j = 0;
    const auto mixed = [&](std::uint32_t factor) { return state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * factor); };
    const auto advance = [&] {
      if (++i < size) return;
      state[0] = state[size - 1];
      i = 1;
    };
    for (std::size_t k = std::max(size, key.size()); k; --k) {
      state[i] = mixed(1664525) + key[j] + static_cast<std::uint32_t>(j);
      advance();
      j = (j + 1) % key.size();
    }
    for (std::size_t k = size - 1; k; --k) {
      state[i] = mixed(1566083941) - static_cast<std::uint32_t>(i);
      advance();
    }
    state[0] = 0x80000000u;
    std::copy(state.begin(), state.end(), begin);
  }
};

}  // namespace

PythonRandom::PythonRandom(const std::string& seed) {
  ByArray key{words_of(seed)};
  twister_.seed(key);
}

double PythonRandom::random() {
  const std::uint32_t high = twister_() >> 5, low = twister_() >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

std::uint32_t PythonRandom::bits(int count) { return static_cast<std::uint32_t>(twister_()) >> (32 - count); }

std::uint32_t PythonRandom::below(std::uint32_t limit) {
  const int count = std::bit_width(limit);
  std::uint32_t value = bits(count);
  while (value >= limit) value = bits(count);
  return value;
}

}  // namespace tivit::data
