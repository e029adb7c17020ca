#pragma once
// The final account of a run: every item that entered a stage left it as something.
#include <cstdint>
#include <string>
#include <vector>

namespace tivit {

struct StageAccount {
  std::string stage;
  std::uint64_t in = 0;       ///< items taken in (joined: one for all ports); a source: items made
  std::uint64_t done = 0;     ///< ... that the stage worked on to the end
  std::uint64_t failed = 0;   ///< ... on which it failed
  std::uint64_t dropped = 0;  ///< ... that it dropped on purpose
  std::uint64_t passed = 0;   ///< ... that had failed or been dropped upstream
  std::uint64_t out = 0;      ///< items it sent on
  double busy_s = 0;          ///< time spent in the stage's own code (wall clock, summed over calls; waiting for room left out)
};

/// One item's failure, as quarantine.jsonl has it.
struct Failure {
  std::string item, clip, stage, cause;
  double begin_s = 0, end_s = -1;                ///< of the clip; end < begin: all of it, or not known
  std::int64_t first_frame = 0, end_frame = -1;  ///< rows of its time grid, likewise
  std::vector<std::string> members;              ///< what it was gathered from, where a replay has to know
};

struct RunAccount {
  std::vector<StageAccount> stages;
  std::vector<Failure> failures;  ///< one for each item, or for the recording that was lost with it
  std::uint64_t failed() const;   ///< items on which a stage failed, over all stages
};

}  // namespace tivit
