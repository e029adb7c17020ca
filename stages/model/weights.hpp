#pragma once
// Weights from a file, whichever of the known forms it has.
#include <filesystem>
#include <optional>
#include <tivit/tensor/fields.hpp>

namespace tivit::model {

struct Weights {
  Fields tensors;
  std::optional<double> rows_per_s;  ///< that they have learned from, where the file tells (see RowRate)
};

/// A checkpoint of ours (the path may leave ".safetensors" away) or a Python file of weights or of a training state.
Weights read_weights(const std::filesystem::path& path);
/// The file that such a path means; throws Error when there is none.
std::filesystem::path weights_file(const std::filesystem::path& path);

}  // namespace tivit::model
