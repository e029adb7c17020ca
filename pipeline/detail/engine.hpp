#pragma once
// Runs a plan on a oneTBB flow graph: one function_node a stage, one message type. Order, joins, credits and leases live
// here, because a chain of serial nodes reorders, rejecting nodes lose messages and limiters leak tokens.
//
// All state below is guarded by one mutex; user code runs outside it. Whoever changes state notes which stages it concerns
// and calls pump(), which starts every call that can start: downstream stages first, so that what is under way is finished
// before more is begun. A worker that has finished a call goes on with the first of them itself.
#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <mutex>
#include <optional>
#include <set>
#include <tivit/clock.hpp>
#include <tivit/detail/bytes_in_flight.hpp>
#include <tivit/detail/node.hpp>
#include <tivit/detail/node_set.hpp>
#include <tivit/run.hpp>

namespace tivit::detail {

class NodeEmit;
/// What a call's outputs carry: what came in, and what the stage set.
std::shared_ptr<const Beside> beside_of(const Context& context, std::vector<std::shared_ptr<LeaseToken>> leases,
                                        std::shared_ptr<const Members> members);

class Engine {
 public:
  Engine(const Plan& plan, RunContext& context, std::vector<std::shared_ptr<Resource>> resources, const RunHooks& hooks);
  ~Engine();

  /// Runs to the end, a failure or a cancellation. `tick` is called about ten times a second.
  void run(const std::function<void()>& tick);
  /// Stops as soon as running calls return; the first cause wins.
  void cancel(std::exception_ptr cause);
  RunAccount account() const;
  std::exception_ptr cause() const;
  RunProgress progress() const;
  /// Since a call last ended.
  double quiet_s() const;
  std::vector<StageWait> waits() const;
  /// Before run(): goes on where a snapshot was taken.
  void restore(const Snapshot& from);
  /// Everything still inside is let go; throws Error naming the stage whose items or bytes never came back.
  void settle();

 private:
  friend class NodeEmit;
  using Lock = std::unique_lock<std::mutex>;
  struct Start {
    Node* node = nullptr;
    std::unique_ptr<Task> task;
  };

  // Before the run, on the thread that makes it.
  void build(std::vector<std::shared_ptr<Resource>> resources);
  void make_stage(Node& node);
  void decide_workers(Node& node) const;
  void connect_inputs(Node& node);
  void place_called_graphs();
  void find_whole_scopes();
  void find_savers();
  bool takes_snapshots() const;
  void open_stages();
  void stop_threads();

  /// Since the run began.
  double seconds() const { return std::chrono::duration<double>(clock_->now() - began_).count(); }
  /// The mutex, taken without sleep where it is held but for a moment.
  Lock locked() const;

  // What happens next: the caller holds the mutex. No code of a stage runs here.
  void pump(Lock& held, Start* mine = nullptr);
  void move();
  void stand_still();
  void take_back_starts();
  void wake_emits();
  void advance(Node& node);
  bool start(Node& node, std::optional<Message::Kind> next, bool force);
  std::unique_ptr<Task> taken(Node& node, std::optional<Message::Kind> next);
  bool takes_more(Node& node, std::uint64_t first);
  bool pass(Node& node, Message::Kind kind);
  void pass_lost(Node& node, Joined& joined, std::vector<Outgoing>& out);
  void took_from(const Node& node);
  bool lease_for_end(Node& node, std::shared_ptr<const Beside>& lease);
  bool lease_for_item(Node& node, std::shared_ptr<LeaseToken>& lease);
  bool refuse(Node& node, Lack why);
  std::size_t capacity(const Node& from, const Node& to) const;
  double gathered_share(const Node& gather) const;
  std::optional<std::int64_t> most_items(const Node& node) const;
  bool room(const Node& node) const;
  bool bytes_allow(const Node& node, bool emitting = false) const;
  void reserve(Node& node);
  void give_back_reserved(Node& node);
  void measure(Node& node, std::size_t bytes);
  bool needs_call(Node& node, Message::Kind kind);
  bool listens(const Node& node, const Message& end) const;
  void dispatch(Start* mine);
  std::unique_ptr<Task> new_task(Node& node);
  void complete(Start start, double begin_s, double end_s);
  void leave(Node& node, std::unique_ptr<Task> task);
  void finish(Node& node, std::uint64_t sequence, std::vector<Outgoing>& out);
  void deliver(Node& node, Outgoing& out);
  static double busy_s(const Node& node, double now_s);
  std::string wait_text(const Node& node) const;
  std::string lease_text(const Node& node) const;
  std::vector<StageWait> work_under_way(const Node& node, double now_s) const;

  // Calls of stages: the caller does not hold the mutex; where these need it, they take it.
  void work(Start start);
  void own_thread_loop(Node& node);
  void execute_all(Node& node, Task& first, double begin_s);
  void execute(Node& node, Task& task);
  void source_call(Node& node, Task& task, std::vector<Outgoing>& out);
  std::shared_ptr<const Beside> take_inputs(const Node& node, Task& task, std::vector<std::shared_ptr<LeaseToken>>& leases);
  void fit_inputs(const Node& node, Task& task, Symbols& symbols) const;
  void item_call(Node& node, Task& task, std::vector<Outgoing>& out);
  void wait_to_retry(const Node& node, const Context& context, const std::string& cause, int attempt);
  void gather_add(Node& node, Task& task, const Attachments& attachments);
  static void gather_beside(Joined& joined);
  void end_goes_on(const Node& node, Message end, std::vector<Outgoing>& out);
  void scope_call(Node& node, Task& task, std::vector<Outgoing>& out);  // a scope ended, and the stage listens
  Trace::Buffer& trace_of(const Node& node) const;
  void trace_call(const Node& node, const Task& task, double begin_s, double end_s) const;
  void fail_item(Node& node, const ItemId& id, const std::shared_ptr<const Beside>& beside, const std::string& cause, bool dropped,
                 NodeEmit* emit, std::vector<Outgoing>& out);
  using LostScope = std::pair<int, ItemId>;  ///< domain and item that became the scope
  std::optional<LostScope> whole_scope(const Node& node, const ItemId& id) const;
  void record_failure(Node& node, const Context& context, const std::string& cause, bool item);
  void tell(const Failure& failure);
  std::size_t count(Node& node, Payload& payload);
  std::uint32_t epoch_of(const Node& node, const ItemId& id) const;
  void check_outputs(Node& node, std::vector<Payload>& outputs, Symbols& symbols, std::vector<std::size_t>& bytes);
  Symbols bound_symbols(const Node& node, const Inputs& inputs) const;
  void call_after(const std::vector<const PlanAfter*>& graphs, const Scope& ended, const std::function<void()>& tick = {});
  void call_from(Node& node, const Scope& ended);
  void epoch_ends(Node& node, const Message& end, std::uint64_t in);
  void contribute(Node& node, const Scope& ended);
  std::vector<std::size_t> all_used(const Node& node, std::uint32_t epoch);

  const Plan& plan_;
  RunContext& context_;
  RunHooks hooks_;
  std::vector<std::shared_ptr<Resource>> resources_;
  std::vector<std::shared_ptr<LeaseState>> leased_;
  std::vector<std::unique_ptr<Node>> nodes_;

  mutable std::mutex mutex_;
  std::mutex telling_;  ///< of failures
  std::condition_variable changed_, stopped_;
  std::atomic<bool> stopping_{false};
  bool done_ = false;
  std::exception_ptr cause_;
  std::shared_ptr<Run> nested_;                ///< a graph that runs inside this one just now
  const PlanAfter* calling_ = nullptr;         ///< ... and which
  std::vector<const PlanAfter*> called_last_;  ///< graphs to call when all is done
  int running_ = 0, pool_running_ = 0;         ///< calls under way; those of the pool
  int standing_ = 0;                           ///< ... that wait in an emit() for room
  NodeSet concerned_;                          ///< stages that something has changed for
  NodeSet ready_;                              ///< ... that lack nothing but a free worker
  NodeSet waiting_;                            ///< ... that lack bytes or a lease, which come back without a word
  bool passed_ = false;                        ///< messages went on without a call
  std::vector<Start> starts_;                  ///< decided on, not yet handed over
  double now_s_ = 0;                           ///< when a call last ended
  int trace_graph_ = -1;                       ///< by which the trace knows this run
  std::optional<double> ended_s_;              ///< when all was done
  RunAccount called_;                          ///< of graphs that were called
  static constexpr std::size_t quick_capacity = 16;
  std::size_t capacity_ = 4;          ///< items that an inbox holds
  std::uint64_t reserved_bytes_ = 0;  ///< what calls under way are expected to make
  std::shared_ptr<BytesInFlight> bytes_ = std::make_shared<BytesInFlight>();
  std::vector<Failure> failures_;
  struct Snapshots {
    Snapshot snapshot;
    std::size_t stages = 0;            ///< that the end of the epoch has passed
    std::vector<std::size_t> through;  ///< ... of the savers of a resource, by resource
  };
  std::vector<std::vector<int>> savers_;  ///< stages that the end of an epoch has to pass before a resource is saved, by resource
  bool snapshots_ = false;
  int epochs_before_ = 0;                            ///< a resumed run: done before it began
  std::map<std::uint32_t, Snapshots> snapshots_of_;  ///< by epoch
  std::set<LostScope> lost_scopes_;                  ///< named in failures_ already
  std::optional<std::int64_t> expected_;             ///< items that the sources will make in an epoch
  mutable double shown_share_ = 0;                   ///< what was said last of how much is done
  std::shared_ptr<Clock> clock_;
  Clock::Time began_;

  std::unique_ptr<tbb::global_control> parallelism_;  // oneTBB would start one worker per core of the host, less one
  tbb::task_arena arena_;
  std::unique_ptr<tbb::flow::graph> graph_;
  using Worker = tbb::flow::function_node<int, tbb::flow::continue_msg>;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tivit::detail
