#pragma once
// What a run leaves behind, and where. Whole files are written under a temporary name and renamed; `.jsonl` files grow by
// whole lines. A reader never sees half of anything.
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <tivit/account.hpp>
#include <tivit/plan.hpp>
#include <tivit/run.hpp>
#include <tivit/snapshot.hpp>
#include <utility>
#include <vector>

namespace tivit {

/// Every graph that is called, and those that it calls, each by its path of names: "eval", "eval/more".
std::vector<std::pair<std::string, const Plan*>> called_graphs(const Plan& plan);
/// Under which name the resolved text of such a graph lies in a run directory.
std::string called_graph(const std::string& path);

class RunDirectory {
 public:
  /// Makes a directory that did not exist: `asked` itself, or with -2, -3, … after its name.
  explicit RunDirectory(const std::filesystem::path& asked);
  /// One that a run left behind. Throws Error where there is none, and where that run is still going on.
  static RunDirectory reopen(const std::filesystem::path& path) { return RunDirectory(path, Reopened{}); }
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

  /// graph.toml, manifest.json; the link `latest` beside it points here from now on, `latest-<graph>` once the run has finished.
  void write_start(const Plan& plan, const std::string& precision, const std::vector<std::string>& command);
  /// snapshot.cbor, in the place of the last one.
  void keep(Snapshot snapshot);
  bool finished() const;        ///< account.json says so
  bool has_quarantine() const;  ///< of this run, or of the part before it was resumed
  /// The last snapshot; takes back what was written after it. Without one, all of `.jsonl` is taken back.
  std::optional<Snapshot> rewind();
  /// What rewind() did not find of all that was there when the snapshot was taken, in words: nothing brings it back.
  const std::vector<std::string>& gone() const { return gone_; }
  /// How the run that began here differs from one of this plan: graphs, precision, device, versions. Threads that do not change results do
  /// not count.
  std::vector<std::string> differences(const Plan& plan, const std::string& precision) const;
  void append(const std::string& file, const std::string& line);
  /// The figures as scalars `event/name` of TensorBoard's file, at the figure `step` where there is one, else at the epoch.
  void append_scalars(const std::string& event, std::uint32_t epoch, const RunContext::Values& values);
  void quarantine(const Failure& failure);
  /// account.json: per-stage figures (of a resumed run: since then, after `epochs_before` epochs), outcome ("finished", "failed: …",
  /// "cancelled").
  void write_account(const RunAccount& account, const std::string& outcome, std::uint32_t epochs_before = 0);

 private:
  struct Reopened {};
  RunDirectory(const std::filesystem::path& path, Reopened);
  void lock();
  void link(const std::string& name);
  std::filesystem::path path_;
  std::string name_;  ///< of the graph
  std::vector<std::string> gone_;
  int lock_ = -1;  ///< an open file; the lock ends with the process, however it ends
  std::mutex mutex_;
};

/// A RunContext whose metrics go to metrics.jsonl and to tensorboard/ of a run directory.
class RecordingContext final : public RunContext {
 public:
  explicit RecordingContext(RunDirectory& run_directory) : run_directory_(run_directory) { directory = run_directory.path(); }
  void metrics(const std::string& event, std::uint32_t epoch, const Values& values) override;
  /// A run that is resumed: knows again what metrics.jsonl has, and writes TensorBoard's file anew.
  void recall();

 private:
  RunDirectory& run_directory_;
};

}  // namespace tivit
