#pragma once
// What surrounds every stage call. Tensor libraries keep grad mode, autocast and streams in thread-local state, and a
// pool's threads remember what the last stage left there: so the framework sets all of it around each call.
#include <cstdint>
#include <tivit/run_context.hpp>

namespace tivit {

/// What is known about the call that is about to be made.
struct CallSettings {
  const RunContext* run = nullptr;
  bool leased = false;  ///< the item carries the lease of a resource: model code, where a training run records gradients
};

/// Installed by pipeline/tensor when it is linked; without it calls are made plainly. Plain functions: they are called at every hop.
struct ExecutionContext {
  /// Sets the thread up for a call; what it returns stands for the state before.
  std::uintptr_t (*enter)(const CallSettings&) = nullptr;
  void (*leave)(std::uintptr_t before) = nullptr;
  /// Called once in a run, before the first stage is opened.
  void (*start)(const RunContext&) = nullptr;
};
void set_execution_context(const ExecutionContext& context);
void start_runtime(const RunContext& run);

/// Lives as long as a call.
class Surroundings {
 public:
  explicit Surroundings(const CallSettings& settings);
  ~Surroundings();
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

 private:
  std::uintptr_t before_ = 0;
};

}  // namespace tivit
