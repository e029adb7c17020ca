#pragma once
// A run as `tivit-run` makes it: run directory, log, progress, signals, exit code.
#include <filesystem>
#include <optional>
#include <string>
#include <tivit/plan.hpp>
#include <tivit/snapshot.hpp>
#include <vector>

namespace tivit {

enum ExitCode : int {
  exit_ok = 0,
  exit_failed = 1,       ///< the run failed, or what was to be shown could not be written
  exit_different = 1,    ///< `tivit-run diff`: the graphs differ
  exit_wrong_input = 2,  ///< the graph or the command line is wrong; nothing was started
  exit_quarantined = 3,  ///< finished, but items failed (within what on_error allows): see quarantine.jsonl
  exit_cancelled = 130,  ///< stopped by Ctrl-C or SIGTERM
};

struct RunProgramOptions {
  std::filesystem::path run_directory;  ///< empty: `[run] directory`/name
  std::filesystem::path resume;         ///< directory of an interrupted run that goes on; empty: a run of its own
  bool resume_anyway = false;           ///< even where the graph has changed since
  std::vector<std::string> command;     ///< what was typed, for manifest.json: `tivit-run --resume DIR` repeats it
  bool quiet = false;                   ///< no progress lines
  bool trace = false;                   ///< write trace.json
  std::vector<std::string> record;      ///< stages whose traffic is written to record/STAGE
  // Of a replay (`plan.only`):
  std::optional<Snapshot> states;      ///< what its stages and resources begin with
  bool called = false;                 ///< the graph was called by another, whose resources it shared
  std::optional<SourceName> expected;  ///< what the item came from when it failed
};

/// Runs a plan to its end and says on stderr where the results lie. Never throws.
int run_program(const Plan& plan, const RunProgramOptions& options);

}  // namespace tivit
