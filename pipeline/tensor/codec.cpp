// Tensors in recordings: type, shape and bytes of each, in CBOR.
#include <tivit/codec.hpp>

#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>
#include <tivit/error.hpp>
#include <tivit/tensor/fields.hpp>

#include <cstring>

namespace tivit {
namespace {

using nlohmann::json;

json told(const at::Tensor& tensor) {
  const auto plain = tensor.detach().to(at::kCPU).contiguous();
  const auto* bytes = static_cast<const std::uint8_t*>(plain.const_data_ptr());
  return {{"dtype", dtype_name(plain.scalar_type())},
          {"shape", plain.sizes().vec()},
          {"data", json::binary(bytes ? json::binary_t::container_type(bytes, bytes + plain.nbytes()) : json::binary_t::container_type())}};
}

at::Tensor tensor_of(const json& from) {
  const std::string dtype = from.at("dtype");
  for (int type = 0; type < static_cast<int>(at::ScalarType::NumOptions); ++type) {
    if (dtype_name(static_cast<at::ScalarType>(type)) != dtype) continue;
    const auto tensor = at::empty(from.at("shape").get<std::vector<std::int64_t>>(), static_cast<at::ScalarType>(type));
    const auto& data = from.at("data").get_binary();
    if (data.size() != tensor.nbytes()) throw Error("a tensor's bytes do not fill its shape");
    if (!data.empty()) std::memcpy(tensor.mutable_data_ptr(), data.data(), data.size());
    return tensor;
  }
  throw Error("there is no element type \"" + dtype + "\"");
}

std::string written(const json& value) {
  std::string bytes;
  json::to_cbor(value, bytes);
  return bytes;
}

json read(std::string_view bytes) try { return json::from_cbor(bytes); } catch (const json::exception& error) {
  throw Error(std::string("the bytes are no tensors: ") + error.what());
}

/// `[3,17]: 0.25, now 0.5`.
std::string tensor_difference(const at::Tensor& before, const at::Tensor& now) {
  if (before.scalar_type() != now.scalar_type()) return ": " + dtype_name(before.scalar_type()) + ", now " + dtype_name(now.scalar_type());
  if (before.sizes() != now.sizes()) return ": shape " + c10::str(before.sizes()) + ", now " + c10::str(now.sizes());
  const auto* a = static_cast<const char*>(before.const_data_ptr());
  const auto* b = static_cast<const char*>(now.const_data_ptr());
  const auto size = before.element_size();
  std::int64_t at = 0;
  while (at < before.numel() && std::memcmp(a + static_cast<std::size_t>(at) * size, b + static_cast<std::size_t>(at) * size, size) == 0)
    ++at;
  if (at == before.numel()) return "";
  std::string index;
  std::int64_t rest = at;
  for (auto axis = before.dim(); axis-- > 0; rest /= before.size(axis))
    index = std::to_string(rest % before.size(axis)) + (index.empty() ? "" : ",") + index;
  const auto value = [at](const at::Tensor& tensor) {
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", tensor.flatten()[at].item().toDouble());
    return std::string(text);
  };
  return "[" + index + "]: " + value(before) + ", now " + value(now);
}

json told(const Fields& fields) {
  json all = json::array();
  for (const auto& [name, tensor] : fields) all.push_back({{"name", name}, {"tensor", told(tensor)}});
  return all;
}

Fields fields_of(const json& from) {
  Fields fields;
  for (const auto& one : from) fields.set(one.at("name"), tensor_of(one.at("tensor")));
  return fields;
}

std::string record_difference(std::string_view before, std::string_view now) {
  const Fields a = fields_of(read(before)), b = fields_of(read(now));
  if (a.names() != b.names()) return ": fields " + quoted_list(a.names()) + ", now " + quoted_list(b.names());
  for (const auto& [name, tensor] : a)
    if (const auto where = tensor_difference(tensor, b.at(name)); !where.empty()) return name + where;
  return "";
}

const bool added =
    add_codec<at::Tensor>(
        "tensor", [](const at::Tensor& tensor) { return written(told(tensor)); },
        [](std::string_view bytes) { return tensor_of(read(bytes)); },
        [](std::string_view before, std::string_view now) { return tensor_difference(tensor_of(read(before)), tensor_of(read(now))); }) &&
    add_codec<Fields>(
        "record", [](const Fields& fields) { return written(told(fields)); }, [](std::string_view bytes) { return fields_of(read(bytes)); },
        record_difference);

}  // namespace
}  // namespace tivit
