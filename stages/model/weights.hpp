#pragma once
// Weights from a file, whichever of the known forms it has.
#include <filesystem>
#include <tivit/tensor/fields.hpp>

namespace tivit::model {

/// A checkpoint of ours (the path may leave ".safetensors" away) or a Python file of weights or of a training state.
Fields read_weights(const std::filesystem::path& path);
/// The file that such a path means; throws Error when there is none.
std::filesystem::path weights_file(const std::filesystem::path& path);

}  // namespace tivit::model
