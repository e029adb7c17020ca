#include <tivit/execution_context.hpp>

namespace tivit {
namespace {
ExecutionContext& installed() {
  static ExecutionContext context;
  return context;
}
RuntimeStart& installed_start() {
  static RuntimeStart start;
  return start;
}
}  // namespace

void set_execution_context(ExecutionContext context, RuntimeStart start) {
  installed() = std::move(context);
  installed_start() = std::move(start);
}

std::shared_ptr<void> enter_execution_context(const CallSettings& settings) { return installed() ? installed()(settings) : nullptr; }

void start_runtime(const RunContext& run) {
  if (installed_start()) installed_start()(run);
}

}  // namespace tivit
