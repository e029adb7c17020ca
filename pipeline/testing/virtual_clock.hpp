#pragma once
// A clock on which waiting takes no time.
#include <atomic>
#include <tivit/clock.hpp>

namespace tivit::testing {

/// Pauses pass at once, and are added up.
class VirtualClock final : public Clock {
 public:
  void wait(std::unique_lock<std::mutex>&, std::condition_variable&, double seconds, const std::function<bool()>&) override {
    waited_s_ += seconds;
  }
  double waited_s() const { return waited_s_; }

 private:
  std::atomic<double> waited_s_{0};
};

}  // namespace tivit::testing
