#pragma once
// One stage at work: its inbox, the order of its outputs, and its account.
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <thread>
#include <tivit/account.hpp>
#include <tivit/detail/join.hpp>
#include <tivit/plan.hpp>
#include <tivit/snapshot.hpp>

namespace tivit::detail {

class Engine;

/// One call: what goes in, what comes out. Kept by its stage when the call is over, so that the next one allocates little.
struct Task {
  std::uint64_t sequence = 0;
  Joined joined;                      ///< empty for a source
  ItemId id;                          ///< source: of the item to be made
  std::shared_ptr<LeaseToken> lease;  ///< granted for this call
  double known_s = 0;                 ///< about when it began, for those who watch

  Inputs inputs;  ///< names stay
  Context context;
  std::vector<Outgoing> out;
  std::vector<std::size_t> bytes;    ///< of what it made, by output port
  bool done = false;                 ///< the stage worked on the item to the end
  bool made = false, ended = false;  ///< a source: there was an item, even if it was lost at once; there are no more in this epoch
  std::unique_ptr<Task> next;        ///< quick calls of one stage are made in a row, with one look at the schedule for all

  /// What went in dies: bytes and leases are free again.
  void let_go();
};

/// A call that a stage is making, for those who watch.
struct UnderWay {
  const Task* task = nullptr;
  double since_s = 0;
  std::string name;  ///< of the item's source, where the stage is slow enough for it to matter
};

struct Successor {
  int node = -1;
  std::size_t port = 0;
};

struct Node {
  const PlanStage* plan = nullptr;
  int index = 0;
  std::unique_ptr<Stage> stage;
  Join join;
  std::vector<std::vector<Successor>> successors;  ///< by output port
  std::vector<Successor> all_successors;           ///< each consumer port once
  std::vector<int> descendants, producers;
  Symbols symbols;        ///< integer parameters, which may stand in shapes by name
  bool has_epoch = true;  ///< the first number of its input ids is the epoch
  int limit = 1;          ///< calls at a time
  bool own_thread = false;
  int lease_resource = -1;                 ///< resource it takes the lease of
  std::vector<const PlanAfter*> after;     ///< graphs to call here when an epoch or the run ends
  bool selects = false;                    ///< a replay: of what it makes, only what is wanted is sent on
  int whole_domain = -1, whole_depth = 0;  ///< its items are parts of this domain's, which a gather downstream makes whole

  // Order: calls are numbered as they start; outputs leave in that order.
  std::uint64_t started = 0, flushed = 0;
  struct Finished {
    std::vector<Outgoing> out;
    double since_s = 0;
  };
  std::map<std::uint64_t, Finished> finished;  ///< completed calls that wait for an earlier one
  int running = 0;
  bool waits_for_room = false;             ///< an emit() stands still until a queue downstream shortens
  bool forced = false;                     ///< ... or until this is set, when nothing else in the run can move
  std::atomic<std::size_t> next_bytes{0};  ///< what a call is expected to make: the most that one has made, or a guess before the first
  std::atomic<bool> measured{false};       ///< ... no guess
  std::uint64_t reserving = 0;             ///< calls under way for which so much is kept free
  std::vector<std::unique_ptr<Task>> spare;
  double mean_s = 1;  ///< about how long a call takes

  // source
  std::uint32_t epoch = 0, number = 0, failures_in_a_row = 0;
  bool exhausted = false;
  // gather
  std::uint32_t emitted_in_scope = 0;
  Members pending;
  std::shared_ptr<const Tombstone> lost_member;
  bool ended = false;  ///< the end of the run has passed

  std::optional<std::int64_t> expected;  ///< items that a source makes in an epoch, where it says so
  StageAccount account;
  std::uint64_t failed_scopes = 0;               ///< whose end the stage failed at; their items were done
  StageTally before, done;                       ///< of the epochs before a resumed run began; of all that a snapshot was taken of
  std::map<std::uint32_t, StageTally> of_epoch;  ///< of each that is under way
  std::uint64_t in_before_epoch = 0;             ///< account.in when the last epoch ended
  Meter meter;
  std::vector<UnderWay> under_way;
  std::vector<std::uint64_t> sent_items, sent_bytes;  ///< by output port
  double begun_s = 0;                                 ///< sum of the times at which the calls under way began
  std::optional<double> waits_since_s;                ///< an emit() stands still since
  std::shared_ptr<std::atomic<std::int64_t>> held_bytes = std::make_shared<std::atomic<std::int64_t>>(0);

  std::deque<std::unique_ptr<Task>> ready;  ///< handed to the pool; a worker takes the first

  // own thread
  std::thread thread;
  std::unique_ptr<Task> slot;
  std::condition_variable wake;
  bool stop = false;

  const StageSpec& spec() const { return *plan->spec; }
  Kind kind() const { return plan->spec->kind; }
  /// Of the whole run, as far as it is.
  StageTally tally() const { return {before.in + account.in, before.failed + account.failed, before.failed_scopes + failed_scopes}; }
  bool idle() const { return running == 0 && finished.empty() && join.empty(); }
};

}  // namespace tivit::detail
