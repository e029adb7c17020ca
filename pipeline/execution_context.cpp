#include <tivit/execution_context.hpp>

namespace tivit {
namespace {
ExecutionContext& installed() {
  static ExecutionContext context;
  return context;
}
}  // namespace

void set_execution_context(const ExecutionContext& context) { installed() = context; }

void start_runtime(const RunContext& run) {
  if (installed().start) installed().start(run);
}

Surroundings::Surroundings(const CallSettings& settings) {
  if (installed().enter) before_ = installed().enter(settings);
}
Surroundings::~Surroundings() {
  if (installed().leave) installed().leave(before_);
}

}  // namespace tivit
