// Converters of weights: safetensors, and files that Python's torch.load reads.
#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>
#include <tivit/converter.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

namespace fs = std::filesystem;

struct Weights {
  Fields tensors;
  std::string left_out;  ///< of a training state
};

Weights weights_of(const fs::path& file) {
  if (!looks_like_torch(file)) return {read_weights(file), ""};
  const auto object = read_torch(file);
  Weights weights;
  try {
    weights.tensors = state_dict(object);
  } catch (const Error& error) {
    throw error.located(file.string());
  }
  std::vector<std::string> rest;
  if (object.dict()->size() != weights.tensors.size() || !object.dict()->front().second.tensor())
    for (const auto& [key, value] : *object.dict())
      if (key.text() && !(value.dict() && (*key.text() == "model" || *key.text() == "state_dict" || *key.text() == "model_state_dict")))
        rest.push_back(*key.text());
  if (!rest.empty()) weights.left_out = "; left out, as it is no weight: " + quoted_list(rest);
  return weights;
}

std::string told(const fs::path& to, const Weights& weights) {
  std::int64_t numbers = 0;
  for (const auto& [name, tensor] : weights.tensors) numbers += tensor.numel();
  return to.string() + ": " + std::to_string(weights.tensors.size()) + " tensors, " + std::to_string(numbers) + " numbers" +
         weights.left_out;
}

std::string to_safetensors(const fs::path& from, const fs::path& to) {
  const auto weights = weights_of(from);
  write_safetensors(to, {weights.tensors, {{"format", "pt"}}});
  return told(to, weights);
}

std::string to_torch(const fs::path& from, const fs::path& to) {
  const auto weights = weights_of(from);
  write_torch(to, to_object(weights.tensors));
  return told(to, weights);
}

TIVIT_CONVERTER(".safetensors", "weights, of safetensors or any file of torch.save", &to_safetensors)
TIVIT_CONVERTER(".pt", "the same as a dict of tensors, which torch.load(FILE, weights_only=True) reads", &to_torch)
TIVIT_CONVERTER(".pth", "as .pt", &to_torch)

}  // namespace
}  // namespace tivit::data
