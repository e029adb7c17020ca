#include <algorithm>
#include <map>
#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

bool all_tensors(const Object& object) {
  const auto* entries = object.dict();
  return entries && !entries->empty() &&
         std::all_of(entries->begin(), entries->end(), [](const auto& entry) { return entry.first.text() && entry.second.tensor(); });
}

}  // namespace

Fields state_dict(const Object& checkpoint) {
  const Object* found = all_tensors(checkpoint) ? &checkpoint : nullptr;
  for (const char* name : {"model", "state_dict", "model_state_dict"})
    if (const auto* entry = checkpoint.find(name); !found && entry && all_tensors(*entry)) found = entry;
  if (!found) {
    std::vector<std::string> names;
    if (const auto* entries = checkpoint.dict())
      for (const auto& [name, value] : *entries) names.push_back((name.text() ? *name.text() : "?") + ": " + std::string(value.type()));
    throw Error("the checkpoint holds no model: it has " + (checkpoint.dict() ? quoted_list(names) : "a " + std::string(checkpoint.type())),
                "expected a dict of tensors, or one under \"model\", \"state_dict\" or \"model_state_dict\"");
  }
  const std::string wrapper = "module.";
  const auto& entries = *found->dict();
  const bool wrapped =
      std::all_of(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first.text()->starts_with(wrapper); });
  Fields out;
  for (const auto& [name, tensor] : entries) out.set(name.text()->substr(wrapped ? wrapper.size() : 0), *tensor.tensor());
  return out;
}

Fields read_weights(const std::filesystem::path& path) {
  if (looks_like_torch(path)) {
    try {
      return state_dict(read_torch(path));
    } catch (const Error& error) {
      throw error.located(path.string());
    }
  }
  if (looks_like_safetensors(path)) return read_safetensors(path).tensors;
  throw Error("holds no weights: it is neither safetensors nor a file of torch.save", "give a checkpoint", path.string());
}

Object to_object(const Fields& tensors) {
  Object::Dict dict;
  for (const auto& [name, tensor] : tensors) dict.emplace_back(name, tensor);
  return dict;
}

}  // namespace tivit::data
