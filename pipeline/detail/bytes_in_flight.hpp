#pragma once
// What the payloads of a run hold together: each gives its bytes back when its last copy dies, on any thread.
#include <atomic>
#include <cstdint>

namespace tivit::detail {

class BytesInFlight {
 public:
  void add(std::int64_t bytes) {
    const std::int64_t now = now_.fetch_add(bytes) + bytes;
    for (std::int64_t peak = peak_; now > peak && !peak_.compare_exchange_weak(peak, now);) {
    }
  }
  void give_back(std::int64_t bytes) { now_ -= bytes; }
  std::int64_t now() const { return now_.load(std::memory_order_relaxed); }
  std::int64_t peak() const { return peak_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> now_{0}, peak_{0};
};

}  // namespace tivit::detail
