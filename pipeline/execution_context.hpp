#pragma once
// What surrounds every stage call. Tensor libraries keep grad mode, autocast and streams in thread-local state, and a
// pool's threads remember what the last stage left there: so the framework sets all of it around each call.
#include <functional>
#include <memory>
#include <tivit/run_context.hpp>

namespace tivit {

/// What is known about the call that is about to be made.
struct CallSettings {
  const RunContext* run = nullptr;
  bool leased = false;  ///< the item carries the lease of a resource: model code, where gradients and autocast apply
};

/// Returns an object that lives as long as the call.
using ExecutionContext = std::function<std::shared_ptr<void>(const CallSettings&)>;
/// Called once in a run, before the first stage is opened.
using RuntimeStart = std::function<void(const RunContext&)>;

/// Installed by pipeline/tensor when it is linked; without it calls are made plainly.
void set_execution_context(ExecutionContext context, RuntimeStart start);
std::shared_ptr<void> enter_execution_context(const CallSettings& settings);
void start_runtime(const RunContext& run);

}  // namespace tivit
