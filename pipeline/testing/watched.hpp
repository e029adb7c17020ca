#pragma once
// Stands between the executor and the stage that is tested: writes its calls down, and disturbs them where a check asks for it.
#include <atomic>
#include <map>
#include <mutex>
#include <tivit/testing/event.hpp>

namespace tivit::testing {

/// A call of the stage. `what` is next, call, expand, add, finish or scope_end.
struct Call {
  std::string what;
  ItemId id;
  std::string scope;         ///< finish, scope_end: kind of the scope that ended
  std::exception_ptr threw;  ///< what the stage itself threw, also Dropped and Cancelled
};

/// The stage and all that is known of its calls; outlives runs.
struct Watch {
  std::shared_ptr<Stage> stage;
  std::function<void(const Call&, Context&)> before;  ///< may throw in the stage's place
  std::function<void(const Call&, int)> emits;        ///< is about to emit, after so many; may throw, as where a value does not fit
  std::function<bool(const Call&)> calls_finish;      ///< false: the stage is not told that this scope ended
  bool keeps = true;                                  ///< holds on to what the stage made
  bool opened = false;

  std::mutex mutex;
  std::vector<Call> calls;
  std::map<const void*, Payload> made;  ///< by address, as the stage returned it: not counted as in flight
  std::vector<std::string> odd;         ///< what no stage may do, such as to swallow a cancellation
};

/// A description that makes stages which hand all calls to `watch->stage`.
StageSpec watched(const StageSpec& spec, const std::shared_ptr<Watch>& watch);

}  // namespace tivit::testing
