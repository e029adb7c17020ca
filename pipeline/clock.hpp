#pragma once
// Time that the framework waits for, such as the pause before a failed item is tried again. Tests give a run a clock of their own.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace tivit {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Until `over` holds or the time is past. `lock` is given up meanwhile; whoever makes `over` true notifies `changed`.
  virtual void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed, double seconds,
                    const std::function<bool()>& over) {
    changed.wait_for(lock, std::chrono::duration<double>(seconds), over);
  }
};

}  // namespace tivit
