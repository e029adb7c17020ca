#pragma once
// A queue that keeps its room: std::deque would allocate at every few messages.
#include <cstddef>
#include <utility>
#include <vector>

namespace tivit::detail {

template <class T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& front() { return slots_[first_]; }
  const T& front() const { return slots_[first_]; }
  template <class U>
  void push_back(U&& value) {
    if (size_ == slots_.size()) grow();
    slots_[(first_ + size_++) & (slots_.size() - 1)] = std::forward<U>(value);
  }
  void pop_front() {
    slots_[first_] = T();
    moved_front();
  }
  /// The first was moved from, and is gone.
  void moved_front() {
    first_ = (first_ + 1) & (slots_.size() - 1);
    --size_;
  }
  void clear() {
    while (!empty()) pop_front();
  }

 private:
  void grow() {
    std::vector<T> wider(slots_.empty() ? 8 : 2 * slots_.size());
    const std::size_t count = size_;
    for (std::size_t i = 0; i < count; ++i) wider[i] = std::move(slots_[(first_ + i) & (slots_.size() - 1)]);
    slots_ = std::move(wider);
    first_ = 0;
    size_ = count;
  }

  std::vector<T> slots_;  ///< a power of two of them
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace tivit::detail
