#pragma once
// The final account of a run: every item that entered a stage left it as something, and where each stage's time went.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tivit {

/// What kept a stage from one more call. A stage is in one of these states all the time, so that they add up to the run's length.
enum class Lack : std::uint8_t {
  nothing,  ///< it was making as many calls as it may
  input,    ///< an input had nothing
  room,     ///< an inbox that it feeds was full
  bytes,    ///< the bytes in flight were at the budget
  lease,    ///< another item held the lease
  worker,   ///< every pipeline thread was busy
  ended,    ///< the stage was through
};
constexpr std::size_t lack_count = 7;
/// "input", "room", … as account.json has it.
const char* lack_name(Lack lack);

/// What came in over one edge.
struct InboxAccount {
  std::string port, from;
  std::uint64_t items = 0, bytes = 0;
  double mean_queued = 0;  ///< over the run's time
  std::uint64_t most_queued = 0;
};

struct StageAccount {
  std::string stage;
  std::uint64_t in = 0;       ///< items taken in (joined: one for all ports); a source: items made
  std::uint64_t done = 0;     ///< ... that the stage worked on to the end
  std::uint64_t failed = 0;   ///< ... on which it failed
  std::uint64_t dropped = 0;  ///< ... that it dropped on purpose
  std::uint64_t passed = 0;   ///< ... that had failed or been dropped upstream
  std::uint64_t out = 0;      ///< items it sent on
  double busy_s = 0;          ///< time spent in the stage's own code (wall clock, summed over calls; waiting for room left out)

  std::uint64_t calls = 0;  ///< of its own code; the ends of scopes that it listens to are some
  std::string use, kind;    ///< "video/strips", "map"
  int limit = 1;            ///< most calls at a time
  bool parallel = false;    ///< its calls may overlap
  bool pool = true;         ///< runs on the pipeline threads, not on one of its own
  double called_s = 0;      ///< time in which it waited for a graph that it called; no part of busy_s
  double turn_s = 0;        ///< time that finished calls waited for older ones, summed over calls
  std::array<double, lack_count> lacked_s{};
  std::uint64_t bytes_in = 0, bytes_out = 0;  ///< of payloads
  std::vector<InboxAccount> inboxes;
  double lacked(Lack what) const { return lacked_s[static_cast<std::size_t>(what)]; }
};

struct LeaseAccount {
  std::string resource, stage;  ///< of what, and who takes it
  double held_s = 0;
};

/// One item's failure, as quarantine.jsonl has it.
struct Failure {
  std::string item, clip, stage, cause;
  double begin_s = 0, end_s = -1;                ///< of the clip; end < begin: all of it, or not known
  std::int64_t first_frame = 0, end_frame = -1;  ///< rows of its time grid, likewise
  std::vector<std::string> members;              ///< what it was gathered from, where a replay has to know
};

struct CalledAccount;

struct RunAccount {
  std::vector<StageAccount> stages;
  std::vector<Failure> failures;  ///< one for each item, or for the recording that was lost with it

  double wall_s = 0;  ///< from the first call to the last
  int workers = 1;    ///< pipeline threads
  std::uint64_t memory = 0, peak_bytes = 0;
  int cores = 1;  ///< of the machine
  std::vector<LeaseAccount> leases;
  std::vector<CalledAccount> called;                            ///< graphs that it called, over all calls
  std::uint64_t failed() const;                                 ///< items on which a stage failed, over all stages
  void add_call(const std::string& graph, RunAccount account);  ///< of a graph that has run again
};

/// A type of its own: a pair cannot be made of an account that is not yet complete.
struct CalledAccount {
  std::string graph;
  RunAccount account;
};

}  // namespace tivit
