#pragma once
// Which weights of a run are kept, and under which name: last, best, epoch-NNN, suspect.
#include <optional>
#include <stages/train/best.hpp>
#include <stages/train/checkpoints.hpp>
#include <string>

namespace tivit::train {

struct KeptOptions {
  std::int64_t keep_every = 0;  ///< epochs; 0: no epoch-NNN
  std::string best_event = "eval", best_metric = "note_onset_f1_50ms";
  bool best_is_lowest = false;
};

class KeptCheckpoints {
 public:
  KeptCheckpoints() = default;
  KeptCheckpoints(std::filesystem::path folder, KeptOptions options) : folder_(std::move(folder)), options_(std::move(options)) {}

  /// The weights of an epoch that has just ended. `doubt`: why they may be spoilt, empty where they are not. Weights that are, or that hold
  /// numbers that are none, replace no checkpoint: they are set aside as `suspect`. Throws Error in the second case.
  void end_epoch(Checkpoint held, const std::string& doubt);

  /// To be called whenever figures may have come (see Best): writes `best` when those of `best_event` make the held weights the best so
  /// far.
  void consider(RunContext& run);
  /// Says once when `best_metric` is no figure of that event.
  void warn_of_no_metric(RunContext& run) {
    best_.warn_once(run.last_metrics(options_.best_event), options_.best_event, options_.best_metric);
  }

  const Checkpoint& held() const { return held_; }
  std::optional<double> best() const { return best_.judged() ? std::optional(best_.value()) : std::nullopt; }
  void restore(Checkpoint held, std::optional<double> best);

 private:
  std::filesystem::path folder_;
  KeptOptions options_;
  Best best_;
  Checkpoint held_;  ///< at the latest end of an epoch
};

}  // namespace tivit::train
