#pragma once
// What a stage may know about the run it is in.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tivit {

/// How the cores are shared out; fixed before the first stage is opened (`[runtime]` of the graph text).
struct ThreadBudget {
  int pipeline = 2;  ///< oneTBB workers that run stages
  int intra_op = 1;  ///< threads inside one tensor operation
  int decode = 1;    ///< threads inside one video decoder
};

/// Shared by every stage of one run. Safe to call from any thread.
class RunContext {
 public:
  using Values = std::vector<std::pair<std::string, double>>;
  virtual ~RunContext() = default;

  std::filesystem::path directory;  ///< the run directory; exists while the run lasts
  std::string name;                 ///< what the run calls itself in logs: "train", "train/eval"
  std::uint64_t seed = 0;
  int epochs = 1;
  bool training = false;           ///< `[run] mode = "train"`
  std::string device = "cpu";      ///< where tensors are computed: "cpu", "cuda", "cuda:1"
  std::string precision = "fp32";  ///< "fp32" or "bf16" (autocast)
  ThreadBudget threads;
  bool shares_resources = false;  ///< an `[[after]]` graph: its resources belong to the run that called it
  std::uint32_t first_epoch = 0;  ///< an `[[after]]` graph counts from the epoch it is called for

  /// Appends one line of named figures to metrics.jsonl: `{"event": event, "epoch": epoch, …}`. No wall time goes in.
  virtual void metrics(const std::string& event, std::uint32_t epoch, const Values& values);
  /// The figures last reported under `event`, empty if none were.
  Values last_metrics(const std::string& event) const;
  std::map<std::string, Values> last_metrics() const;  ///< of every event

  /// The context of a graph that this run calls when an epoch ends; it reports its metrics here.
  virtual std::unique_ptr<RunContext> nested(const std::string& name, std::uint32_t epoch);

  bool cancelled() const { return cancel_flag && cancel_flag->load(std::memory_order_relaxed); }
  std::shared_ptr<std::atomic<bool>> cancel_flag;

 protected:
  mutable std::mutex mutex_;
  std::map<std::string, Values> last_metrics_;
};

}  // namespace tivit
