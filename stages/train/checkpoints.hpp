#pragma once
// What a training run leaves behind: weights as safetensors, and a JSON file beside them that says where they come from.
#include <cstdint>
#include <filesystem>
#include <string>
#include <tivit/run_context.hpp>
#include <tivit/tensor/fields.hpp>

namespace tivit::train {

struct Checkpoint {
  Fields weights;           ///< averaged ones where the run keeps an average
  std::uint32_t epoch = 0;  ///< the one that had just ended
  std::int64_t step = 0;
  RunContext::Values figures;  ///< such as the mean loss of the epoch, and the rate of the rows (model/row_rate.hpp)
};

/// Writes `<name>.safetensors` and `<name>.json`, each under a temporary name first. The numbers of the JSON are in the
/// safetensors file's metadata too, so that it stands for itself. No wall time.
void write_checkpoint(const std::filesystem::path& folder, const std::string& name, const Checkpoint& checkpoint);

/// "epoch-007": the checkpoint kept of an epoch, counted from 1.
std::string epoch_name(std::uint32_t epoch);

}  // namespace tivit::train
