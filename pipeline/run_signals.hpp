#pragma once
// Signals while a run goes on: Ctrl-C, SIGTERM and a terminal that went away end it, SIGUSR1 asks what it waits for.
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace tivit {

/// Handles them while it lives; handlers only set flags. A second Ctrl-C ends the process at once.
class SignalScope {
 public:
  /// `cancel` is set by the first of those that end it.
  explicit SignalScope(std::atomic<bool>& cancel);
  ~SignalScope();
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;
  /// Whether SIGUSR1 came since this was last asked.
  static bool asked();

 private:
  void handle(int signal, void (*handler)(int));

  std::map<int, struct sigaction> before_;
};

/// Calls last words 1.5 s after the run began to stop (Ctrl-C, or a failure), even while a stage still computes or a decoder stands
/// still: they write the account and end the process.
class Watchdog {
 public:
  Watchdog(std::shared_ptr<std::atomic<bool>> stopping, std::function<void()> last_words);
  ~Watchdog();

 private:
  void watch();

  std::shared_ptr<std::atomic<bool>> stopping_;
  std::function<void()> last_words_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool called_off_ = false;
  std::thread thread_;
};

}  // namespace tivit
