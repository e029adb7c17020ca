// Grad mode, autocast and thread counts of LibTorch, set around every stage call (they are thread-local: a NoGradGuard of
// the main thread is not in force on a pool's threads).
#include <ATen/autocast_mode.h>
#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/Parallel.h>

#include <tivit/execution_context.hpp>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace tivit {
namespace {

constexpr std::uintptr_t grad_was_on = 1, cpu_autocast_was_on = 2, cuda_autocast_was_on = 4;

// The models cast by themselves: what a stage switched on for its own call ends with it.
std::uintptr_t autocast_off(at::DeviceType device, std::uintptr_t was_on) {
  if (!at::autocast::is_autocast_enabled(device)) return 0;
  at::autocast::set_autocast_enabled(device, false);
  return was_on;
}

std::uintptr_t enter(const CallSettings& settings) {
  const bool grad = at::GradMode::is_enabled();
  at::GradMode::set_enabled(settings.leased && settings.run->training);
  return (grad ? grad_was_on : 0) | autocast_off(at::kCPU, cpu_autocast_was_on) | autocast_off(at::kCUDA, cuda_autocast_was_on);
}

void leave(std::uintptr_t before) {
  at::GradMode::set_enabled((before & grad_was_on) != 0);
  at::autocast::set_autocast_enabled(at::kCPU, (before & cpu_autocast_was_on) != 0);
  at::autocast::set_autocast_enabled(at::kCUDA, (before & cuda_autocast_was_on) != 0);
}

// Batches and activations are made and dropped at every step. glibc hands blocks of this size back to the system and
// fetches them anew, zeroed page by page: a quarter of a training step was spent in the kernel. So large blocks stay in the
// process; but in one heap, because every thread that allocates would otherwise keep a heap of its own (22 of 64 MiB were seen).
void keep_large_blocks() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  mallopt(M_ARENA_MAX, 1);
#endif
}

void start(const RunContext& run) {
  static bool started = false;
  // Threads that ran an operator keep the number they saw first, so only the first run of a process may choose it.
  if (started) return;
  started = true;
  keep_large_blocks();
  at::set_num_threads(run.threads.intra_op);
  at::set_num_interop_threads(1);
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  // That would also fill every new tensor with NaN before it is written.
  at::globalContext().setDeterministicFillUninitializedMemory(false);
}

const bool installed = [] {
  set_execution_context({enter, leave, start});
  return true;
}();

}  // namespace
}  // namespace tivit
