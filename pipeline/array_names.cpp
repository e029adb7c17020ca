#include <tivit/array_names.hpp>

#include <tivit/codec.hpp>

namespace tivit {
namespace {

void add_type(const std::string& name, const PortType& type, bool optional, std::vector<ArrayName>& out) {
  if (type.kind == "tensor") return out.push_back({name, type.text(), optional});
  if (type.kind == "any") return out.push_back({name, "any", optional});
  if (type.kind != "record") {
    const Codec* codec = codec_named(type.kind);
    if (!codec || codec->arrays.empty() || !codec->payload) return out.push_back({name, "", optional});
    for (const auto& field : codec->arrays)
      out.push_back({name + (field.name.empty() ? "" : "." + field.name), field.type, optional || !field.otherwise.empty()});
    return;
  }
  for (const auto& field : type.fields) add_type(name + "." + field.name, field.type, optional, out);
  if (type.open) out.push_back({name + ".*", "any", optional || !type.fields.empty()});
}

void append(std::vector<ArrayName> more, std::vector<ArrayName>& out) {
  for (auto& one : more) out.push_back(std::move(one));
}

}  // namespace

std::vector<ArrayName> port_arrays(const PortSpec& port) {
  std::vector<ArrayName> out;
  add_type(port.name, port.type, port.optional, out);
  return out;
}

std::vector<ArrayName> beside_arrays(std::type_index type) {
  std::vector<ArrayName> out;
  if (const Codec* codec = codec_for(type))
    for (const auto& field : codec->arrays) out.push_back({beside_name(*codec) + "." + field.name, field.type, !field.otherwise.empty()});
  return out;
}

std::vector<ArrayName> input_arrays(const StageSpec& spec) {
  std::vector<ArrayName> out;
  for (const auto& port : spec.inputs) append(port_arrays(port), out);
  return out;
}

std::vector<ArrayName> output_arrays(const StageSpec& spec) {
  std::vector<ArrayName> out;
  for (const auto& port : spec.outputs) append(port_arrays(port), out);
  for (const auto& type : spec.attaches) append(beside_arrays(type), out);
  return out;
}

}  // namespace tivit
