#pragma once
// One execution of a plan.
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tivit/account.hpp>
#include <tivit/plan.hpp>
#include <tivit/snapshot.hpp>
#include <tivit/trace.hpp>
#include <vector>

namespace tivit {
namespace detail {
class CollectedMetrics;
class Engine;
}  // namespace detail

class Clock;

/// What the outside wants to hear. Called from any thread, one call at a time for each of them.
struct RunHooks {
  std::function<void(const Failure&)> failure;
  std::function<std::unique_ptr<Stage>(const PlanStage&, std::unique_ptr<Stage>)> wrap;  ///< what takes the place of a stage just made
  std::function<void(Snapshot)> snapshot;                                                ///< at the end of every epoch of a training run
  std::shared_ptr<Clock> clock;  ///< what time is read from and pauses are taken on; null: the machine's own
  std::shared_ptr<Trace> trace;  ///< where every call is noted; null: nowhere
};

struct StageProgress {
  std::string stage;
  std::uint64_t in = 0, out = 0;
  std::size_t queued = 0;      ///< items waiting in its fullest inbox ...
  std::size_t room = 0;        ///< ... which holds this many; 0: it has no inbox
  int running = 0, limit = 1;  ///< calls just now, and at most
  double busy_s = 0;           ///< time in its own code so far, calls under way included, waiting for room left out
};
struct RunProgress {
  std::vector<StageProgress> stages;
  std::int64_t bytes_in_flight = 0, peak_bytes = 0, memory = 0;
  std::uint32_t epoch = 0;      ///< the first source's, from 0
  std::optional<double> share;  ///< of the run that is done, where a source knows how much it will make
  std::string called;           ///< the graph that is called just now; "" for none
};

/// Gives a run what its plan says: name, seed, epochs, mode, device, precision, threads.
void take_settings(RunContext& context, const Plan& plan);
/// The context of a graph that a run calls when its `epoch` ends.
std::unique_ptr<RunContext> context_of_call(RunContext& run, const PlanAfter& after, std::uint32_t epoch);

/// What a stage that is not through waits for, or works on.
struct StageWait {
  std::string stage, text;  ///< "forward", "waits for batch"
  bool works = false;       ///< in its own code
  double since_s = 0;
};

/// Runs a plan with everything given; the program's way through run directories and signals is in run_program.hpp.
class Run {
 public:
  /// Makes resources and stages, and opens them. `shared[i]` replaces resource i (an `[[after]]` graph's `share`).
  Run(const Plan& plan, RunContext& context, RunHooks hooks = {}, std::vector<std::shared_ptr<Resource>> shared = {});
  ~Run();

  /// Before execute(): goes on where a snapshot of the same plan was taken. Throws Error where one does not fit the other.
  void restore(const Snapshot& from);
  /// To the end. Throws what made the run fail; Cancelled after cancel(). The account is complete in every case.
  void execute(const std::function<void()>& tick = {});
  /// Safe from any thread.
  void cancel();
  RunAccount account() const;
  std::exception_ptr cause() const;  ///< what stops it; null while nothing does
  RunProgress progress() const;
  /// Since a call last ended, here or in a graph that is called.
  double quiet_s() const;
  /// Every stage that is not through; those of a graph that is called as "graph/stage".
  std::vector<StageWait> waits() const;
  const std::vector<std::shared_ptr<Resource>>& resources() const { return resources_; }

 private:
  const Plan& plan_;
  std::unique_ptr<detail::CollectedMetrics> collected_;  ///< null: figures are reported as they come
  RunContext& context_;
  std::vector<std::shared_ptr<Resource>> resources_;
  std::unique_ptr<detail::Engine> engine_;
};

}  // namespace tivit
