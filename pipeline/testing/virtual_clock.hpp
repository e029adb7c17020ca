#pragma once
// A clock on which waiting takes no time.
#include <atomic>
#include <tivit/clock.hpp>

namespace tivit::testing {

/// Pauses pass at once and are added up; a test adds what it likes. Otherwise it stands still, or `runs` with the machine's clock: an
/// executor measures its calls by it.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(bool runs = false) : runs_(runs) {}
  Time now() const override {
    return (runs_ ? Clock::now() : Time()) + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(added_s_.load()));
  }
  void wait(std::unique_lock<std::mutex>&, std::condition_variable&, double seconds, const std::function<bool()>& over) override {
    if (over()) return;
    waited_s_ += seconds;
    advance(seconds);
  }
  void advance(double seconds) { added_s_ += seconds; }
  double waited_s() const { return waited_s_; }

 private:
  const bool runs_;
  std::atomic<double> added_s_{0}, waited_s_{0};
};

}  // namespace tivit::testing
