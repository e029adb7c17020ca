#pragma once
// A timeline of a run, for chrome://tracing and Perfetto. Every thread writes into a buffer of its own; nothing is locked, and
// nothing put into words, before the run has ended.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <tivit/plan.hpp>
#include <vector>

namespace tivit {

struct TraceCall {
  int graph = 0, stage = 0;
  ItemId item;         ///< worked on; of an end, the scope
  bool end = false;    ///< a scope ended
  bool waits = false;  ///< within a call: an emit() stands still
  double begin_s = 0, end_s = 0;
  std::int32_t queued = -1;  ///< in its fullest inbox when it was over; -1: not looked at
  std::int64_t bytes = 0;    ///< in flight then
};

/// An item that a stage has just emitted, and what was gathered into it.
struct TraceBirth {
  int graph = 0, stage = 0;
  ItemId item, made_from;
  double at_s = 0;
  std::vector<ItemId> members;
};

class Trace {
 public:
  /// The first so many calls and births of items are kept, later ones counted: a run that is cancelled has no more than a moment left to
  /// write them.
  explicit Trace(std::size_t most = 200000);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  struct Buffer {
    std::string name;  ///< of the thread
    std::vector<TraceCall> calls;
    std::vector<TraceBirth> births;
    std::atomic<std::int64_t>* room = nullptr;  ///< of the whole trace
    std::size_t left_out = 0;
    void call(const TraceCall& call) { takes(1) ? calls.push_back(call) : (void)++left_out; }
    void birth(TraceBirth birth) { takes(1 + birth.members.size()) ? births.push_back(std::move(birth)) : (void)++left_out; }

   private:
    bool takes(std::size_t events) {
      const auto wanted = static_cast<std::int64_t>(events);
      return room->load(std::memory_order_relaxed) >= wanted && room->fetch_sub(wanted, std::memory_order_relaxed) >= wanted;
    }
  };
  /// This thread's. `stage` names a thread that belongs to one stage; "" is a thread of the pool.
  Buffer& mine(const std::string& stage);
  /// A run of a graph begins; the number by which its events are known. The plan must outlive the trace's use.
  int add_graph(const Plan& plan, std::chrono::steady_clock::time_point began);

  // When all threads are through:
  std::size_t left_out() const;
  std::vector<std::pair<std::string, TraceCall>> calls() const;  ///< with the stage's name
  /// Slices, one flow an item, counters. Throws Error.
  void write(const std::filesystem::path& file) const;

 private:
  friend class TraceWriter;
  struct Graph {
    std::string name;
    std::vector<std::string> stages;
    std::vector<int> input_domains, domains;  ///< by stage
    double offset_s = 0;                      ///< after the first graph's begin
  };
  const std::uint64_t number_;  ///< tells traces apart, also where one takes the place of another
  const std::size_t most_;
  std::atomic<std::int64_t> room_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Buffer>> buffers_;
  std::vector<Graph> graphs_;
  std::chrono::steady_clock::time_point began_;
  int pool_threads_ = 0;
};

}  // namespace tivit
