// Inspectors of weights and arrays: safetensors, files of torch.save, NumPy's files. Nothing in them is run.
#include <nlohmann/json.hpp>
#include <stages/data/npz.hpp>
#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>
#include <stages/data/zip.hpp>
#include <tivit/error.hpp>
#include <tivit/inspector.hpp>
#include <tivit/text_format.hpp>

namespace tivit::data {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

Json described(const std::string& name, const at::Tensor& tensor) {
  return {{"name", name}, {"dtype", dtype_name(tensor.scalar_type())}, {"shape", tensor.sizes().vec()}};
}

/// A table of tensors, and how many numbers they are.
void add_tensors(Json& out, const char* what, const Fields& tensors) {
  std::int64_t numbers = 0;
  Json rows = Json::array();
  for (const auto& [name, tensor] : tensors) {
    rows.push_back(described(name, tensor));
    numbers += tensor.numel();
  }
  out["numbers"] = numbers;
  out[what] = std::move(rows);
}

Recognised is_safetensors(const fs::path& file, std::string_view head) {
  if (head.size() > 8 && looks_like_safetensors(file)) return Recognised::by_content;
  return lower_extension(file) == ".safetensors" ? Recognised::by_name : Recognised::no;
}

std::string inspect_safetensors(const fs::path& file) {
  const auto content = read_safetensors(file, true);
  Json out = Json::object();
  if (!content.metadata.empty()) out["metadata"] = content.metadata;
  add_tensors(out, "tensors", content.tensors);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Values as they are, tensors as their types; deep down only how much there is.
Json outline(const Object& object, int depth) {
  if (object.none()) return nullptr;
  if (const auto* value = object.boolean()) return *value;
  if (const auto* value = object.integer()) return *value;
  if (const auto* value = object.real()) return *value;
  if (const auto* value = object.text()) return *value;
  if (const auto* value = object.tensor()) {
    std::string shape;
    for (const auto size : value->sizes()) shape += (shape.empty() ? "" : ",") + std::to_string(size);
    return dtype_name(value->scalar_type()) + "[" + shape + "]";
  }
  if (const auto* dict = object.dict()) {
    if (depth == 0) return "dict of " + std::to_string(dict->size());
    Json out = Json::object();
    for (const auto& [key, value] : *dict) {
      const auto name = outline(key, 0);
      out[name.is_string() ? name.get<std::string>() : name.dump()] = outline(value, depth - 1);
    }
    return out;
  }
  const auto* items = object.list() ? object.list() : object.tuple();
  if (depth == 0 || items->size() > 16) return std::string(object.type()) + " of " + std::to_string(items->size());
  Json out = Json::array();
  for (const auto& item : *items) out.push_back(outline(item, depth - 1));
  return out;
}

Recognised is_torch(const fs::path& file, std::string_view head) {
  if (head.size() > 1 && looks_like_torch(file)) return Recognised::by_content;
  return lower_extension(file) == ".pt" || lower_extension(file) == ".pth" ? Recognised::by_name : Recognised::no;
}

std::string inspect_torch(const fs::path& file) {
  const auto object = read_torch(file);
  Json out = Json::object();
  std::optional<Fields> model;
  try {
    model = state_dict(object);
  } catch (const Error&) {
    out["model"] = "none: neither a dict of tensors nor one under \"model\", \"state_dict\" or \"model_state_dict\"";
  }
  const bool bare = model && model->size() == (object.dict() ? object.dict()->size() : 0);
  if (!bare) {
    if (const auto* entries = object.dict())
      for (const auto& [key, value] : *entries) {
        const auto name = key.text() ? *key.text() : outline(key, 0).dump();
        const bool weights = model && value.dict() && (name == "model" || name == "state_dict" || name == "model_state_dict");
        out["entries"][name] = weights ? Json("dict of " + std::to_string(value.dict()->size())) : outline(value, 2);
      }
    else
      out["holds"] = outline(object, 2);
  }
  if (model) add_tensors(out, "tensors", *model);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Recognised is_npz(const fs::path& file, std::string_view head) {
  if (head.starts_with("\x93NUMPY")) return Recognised::by_content;
  if (head.starts_with("PK\x03\x04") && lower_extension(file) == ".npz") return Recognised::by_content;
  return lower_extension(file) == ".npz" || lower_extension(file) == ".npy" ? Recognised::by_name : Recognised::no;
}

std::string inspect_npz(const fs::path& file) {
  Json out = Json::object();
  if (lower_extension(file) == ".npy") {
    add_tensors(out, "arrays", {{"", read_npy(file)}});
    return out.dump();
  }
  const auto content = read_npz(file);
  add_tensors(out, "arrays", content.arrays);
  for (const auto& [name, text] : content.texts) out["texts"][name] = text.size() > 400 ? text.substr(0, 400) + "…" : text;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TIVIT_INSPECTOR("safetensors", "weights: names, types, shapes, metadata", &is_safetensors, &inspect_safetensors)
TIVIT_INSPECTOR("torch", "files of torch.save: the model's weights, and what else a checkpoint holds", &is_torch, &inspect_torch)
TIVIT_INSPECTOR("numpy", "arrays of .npz and .npy files", &is_npz, &inspect_npz)

}  // namespace
}  // namespace tivit::data
