#include <stages/data/torch_file.hpp>
#include <stages/model/weights.hpp>

#include <tivit/error.hpp>

namespace tivit::model {

std::filesystem::path weights_file(const std::filesystem::path& path) {
  auto file = path;
  if (!std::filesystem::is_regular_file(file)) file += ".safetensors";
  if (!std::filesystem::is_regular_file(file))
    throw Error("there are no weights here: neither this file nor one with \".safetensors\" added exists", "give the path of a checkpoint",
                path.string());
  return file;
}

Fields read_weights(const std::filesystem::path& path) { return data::read_weights(weights_file(path)); }

}  // namespace tivit::model
