#pragma once
// A set of stages, from which the one furthest downstream is taken first.
#include <bit>
#include <cstdint>
#include <vector>

namespace tivit::detail {

class NodeSet {
 public:
  explicit NodeSet(std::size_t nodes = 0) : words_((nodes + 63) / 64) {}
  void add(int node) { words_[word(node)] |= bit(node); }
  void remove(int node) { words_[word(node)] &= ~bit(node); }
  void add(const NodeSet& others) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= others.words_[i];
  }
  void clear() {
    for (auto& word : words_) word = 0;
  }
  /// The last of this set and, if it is given, of another; -1 when there is none.
  int last(const NodeSet* other = nullptr) const {
    for (std::size_t i = words_.size(); i-- > 0;)
      if (const std::uint64_t word = words_[i] | (other ? other->words_[i] : 0))
        return static_cast<int>(64 * i) + 63 - std::countl_zero(word);
    return -1;
  }

 private:
  static std::size_t word(int node) { return static_cast<std::size_t>(node) / 64; }
  static std::uint64_t bit(int node) { return std::uint64_t{1} << (static_cast<unsigned>(node) % 64); }
  std::vector<std::uint64_t> words_;
};

}  // namespace tivit::detail
