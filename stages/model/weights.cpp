#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>
#include <stages/model/weights.hpp>

#include <charconv>
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

Weights read_weights(const std::filesystem::path& path) {
  const auto file = weights_file(path);
  Weights weights{data::read_weights(file), std::nullopt};
  if (!data::looks_like_safetensors(file)) return weights;
  const auto metadata = data::read_safetensors(file).metadata;
  if (const auto told = metadata.find("rows_per_s"); told != metadata.end()) {
    const auto& text = told->second;
    double rate = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), rate).ec == std::errc() && rate > 0) weights.rows_per_s = rate;
  }
  return weights;
}

}  // namespace tivit::model
