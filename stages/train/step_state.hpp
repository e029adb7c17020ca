#pragma once
// Everything that train/step must remember across a stop, as bytes.
#include <optional>
#include <stages/train/checkpoints.hpp>
#include <stages/train/running_means.hpp>
#include <string>
#include <string_view>

namespace tivit::train {

struct StepCounters {
  std::int64_t steps = 0;     ///< steps of the optimiser since the run began
  std::int64_t gathered = 0;  ///< batches whose gradients wait for the next step
  std::int64_t batches_of_epoch = 0;
};

struct StepState {
  StepCounters at;
  std::optional<double> best;
  Fields optimizer;
  RunningMeans means, epoch_means;
  Checkpoint held;
};

std::string write_state(const StepState& state);
StepState read_state(std::string_view bytes);

}  // namespace tivit::train
