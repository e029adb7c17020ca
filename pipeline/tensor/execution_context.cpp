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

class TorchCall {
 public:
  explicit TorchCall(const CallSettings& settings)
      : grad_(settings.leased && settings.run->training), autocast_before_(at::autocast::is_autocast_enabled(at::kCPU)) {
    at::autocast::set_autocast_enabled(at::kCPU, false);
  }
  ~TorchCall() { at::autocast::set_autocast_enabled(at::kCPU, autocast_before_); }

 private:
  at::AutoGradMode grad_;
  bool autocast_before_;
};

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
  set_execution_context([](const CallSettings& settings) -> std::shared_ptr<void> { return std::make_shared<TorchCall>(settings); }, start);
  return true;
}();

}  // namespace
}  // namespace tivit
