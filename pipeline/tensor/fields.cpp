#include <tivit/tensor/fields.hpp>

#include <algorithm>
#include <tivit/error.hpp>

namespace tivit {

const at::Tensor* Fields::find(std::string_view name) const {
  for (const auto& entry : entries_)
    if (entry.first == name) return &entry.second;
  return nullptr;
}

const at::Tensor& Fields::at(std::string_view name) const {
  if (const auto* tensor = find(name)) return *tensor;
  throw Error("there is no field \"" + std::string(name) + "\"", "the record has " + quoted_list(names()));
}

void Fields::set(std::string name, at::Tensor tensor) {
  for (auto& entry : entries_)
    if (entry.first == name) {
      entry.second = std::move(tensor);
      return;
    }
  entries_.emplace_back(std::move(name), std::move(tensor));
}

Fields Fields::sub(std::string_view group) const {
  Fields out;
  const std::string prefix = std::string(group) + ".";
  for (const auto& [name, tensor] : entries_)
    if (name.starts_with(prefix)) out.set(name.substr(prefix.size()), tensor);
  return out;
}

std::vector<std::string> Fields::names() const {
  std::vector<std::string> names;
  for (const auto& entry : entries_) names.push_back(entry.first);
  return names;
}

std::string dtype_name(at::ScalarType type) {
  switch (type) {
    case at::kBool: return "bool";
    case at::kByte: return "u8";
    case at::kChar: return "i8";
    case at::kShort: return "i16";
    case at::kInt: return "i32";
    case at::kLong: return "i64";
    case at::kHalf: return "f16";
    case at::kBFloat16: return "bf16";
    case at::kFloat: return "f32";
    case at::kDouble: return "f64";
    default: return c10::toString(type);
  }
}

std::size_t PortTraits<at::Tensor>::bytes(const at::Tensor& tensor) { return tensor.defined() ? tensor.nbytes() : 0; }

std::optional<std::string> PortTraits<at::Tensor>::check(const at::Tensor& tensor, const PortType& type, Symbols& symbols) {
  if (!tensor.defined()) return "is an undefined tensor";
  const std::string dtype = dtype_name(tensor.scalar_type());
  if (!type.dtypes.empty() && std::find(type.dtypes.begin(), type.dtypes.end(), dtype) == type.dtypes.end())
    return "has element type " + dtype + ", expected " + type.text();
  if (!type.shape) return std::nullopt;
  auto mismatch = match_shape(tensor.sizes().vec(), *type.shape, symbols);
  if (mismatch) *mismatch += " (" + type.text() + ")";
  return mismatch;
}

std::size_t PortTraits<Fields>::bytes(const Fields& fields) {
  std::size_t total = 0;
  for (const auto& [name, tensor] : fields) total += PortTraits<at::Tensor>::bytes(tensor);
  return total;
}

std::optional<std::string> PortTraits<Fields>::check(const Fields& fields, const PortType& type, Symbols& symbols) {
  for (const auto& expected : type.fields) {
    if (expected.type.kind == "record") {
      if (auto problem = check(fields.sub(expected.name), expected.type, symbols)) return "field \"" + expected.name + "\": " + *problem;
      continue;
    }
    const auto* tensor = fields.find(expected.name);
    if (!tensor) return "has no field \"" + expected.name + "\" (it has " + quoted_list(fields.names()) + ")";
    if (auto problem = PortTraits<at::Tensor>::check(*tensor, expected.type, symbols)) return "field \"" + expected.name + "\" " + *problem;
  }
  if (!type.open)
    for (const auto& [name, tensor] : fields)
      if (std::none_of(type.fields.begin(), type.fields.end(),
                       [&](const auto& field) { return name == field.name || name.starts_with(field.name + "."); }))
        return "has a field \"" + name + "\" that " + type.text() + " does not name";
  return std::nullopt;
}

Payload PortTraits<Fields>::field(const Fields& fields, std::string_view name) {
  if (const auto* tensor = fields.find(name)) return Payload::of(*tensor);
  Fields group = fields.sub(name);
  return group.empty() ? Payload{} : Payload::of(std::move(group));
}

}  // namespace tivit
