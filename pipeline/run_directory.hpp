#pragma once
// What a run leaves behind, and where. Whole files are written under a temporary name and renamed; `.jsonl` files grow by
// whole lines. A reader never sees half of anything.
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <tivit/account.hpp>
#include <tivit/plan.hpp>
#include <tivit/run.hpp>
#include <vector>

namespace tivit {

class RunDirectory {
 public:
  /// Makes a directory that did not exist: `wanted` itself, or with -2, -3, … after its name.
  explicit RunDirectory(const std::filesystem::path& wanted);
  const std::filesystem::path& path() const { return path_; }

  /// graph.toml, manifest.json; the link `latest` beside it points here from now on, `latest-<graph>` once the run has finished.
  void write_start(const Plan& plan, const std::string& precision);
  void append(const std::string& file, const std::string& line);
  /// The figures as scalars `event/name` of TensorBoard's file, at the figure `step` where there is one, else at the epoch.
  void append_scalars(const std::string& event, std::uint32_t epoch, const RunContext::Values& values);
  void quarantine(const Failure& failure);
  /// account.json: per-stage figures, outcome ("finished", "failed: …", "cancelled").
  void write_account(const RunAccount& account, const std::string& outcome);
  /// trace.json in Chrome's format: one slice a call, one lane a thread, arrows from an item's call to its next.
  void write_trace(const std::vector<CallRecord>& calls);

 private:
  void link(const std::string& name);
  void append_bytes(const std::filesystem::path& file, const std::string& bytes);
  std::filesystem::path path_;
  std::string name_;  ///< of the graph
  std::mutex mutex_;
};

/// A RunContext whose metrics go to metrics.jsonl and to tensorboard/ of a run directory.
class RecordingContext final : public RunContext {
 public:
  explicit RecordingContext(RunDirectory& run_directory) : run_directory_(run_directory) { directory = run_directory.path(); }
  void metrics(const std::string& event, std::uint32_t epoch, const Values& values) override;

 private:
  RunDirectory& run_directory_;
};

}  // namespace tivit
