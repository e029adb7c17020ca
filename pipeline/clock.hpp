#pragma once
// Time that the framework acts on: the pause before a failed item is tried again, how long no call has ended, when progress is shown.
// Tests give a run a clock of their own.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace tivit {

/// The machine's own.
class Clock {
 public:
  using Time = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual Time now() const { return std::chrono::steady_clock::now(); }
  /// Until `over` holds or the time is past. `lock` is given up meanwhile; whoever makes `over` true notifies `changed`.
  virtual void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, double seconds,
                    const std::function<bool()>& over) {
    changed.wait_for(lock, std::chrono::duration<double>(seconds), over);
  }
};

}  // namespace tivit
