#include <stages/data/torch_file.hpp>
#include <stages/model/weights.hpp>

#include <tivit/error.hpp>

namespace tivit::model {

Fields read_weights(const std::filesystem::path& path) {
  auto file = path;
  if (!std::filesystem::is_regular_file(file)) file += ".safetensors";
  if (!std::filesystem::is_regular_file(file))
    throw Error("there are no weights here: neither this file nor one with \".safetensors\" added exists", "give the path of a checkpoint",
                path.string());
  return data::read_weights(file);
}

}  // namespace tivit::model
