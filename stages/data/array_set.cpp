#include <spdlog/spdlog.h>

#include <algorithm>
#include <stages/data/array_form.hpp>
#include <stages/data/array_set.hpp>
#include <stages/data/asked_arrays.hpp>
#include <tivit/array_names.hpp>
#include <tivit/error.hpp>
#include <tivit/field_for.hpp>

namespace tivit::data {
namespace {

std::string place(const ArraySet& set, const std::string& array) { return set.file + "[" + array + "]"; }

/// The array as one of the accepted element types, if there is one that can hold it.
at::Tensor fitted(const at::Tensor& array, const PortType& wanted, const std::string& name) {
  const auto accepts = [&](const char* dtype) {
    return std::find(wanted.dtypes.begin(), wanted.dtypes.end(), dtype) != wanted.dtypes.end();
  };
  if (wanted.kind != "tensor" || wanted.dtypes.empty() || accepts(dtype_name(array.scalar_type()).c_str())) return array;
  const auto zero_or_one = [&] {
    return array.numel() == 0 || (array.min().item<std::int64_t>() >= 0 && array.max().item<std::int64_t>() <= 1);
  };
  switch (array.scalar_type()) {
    case at::kHalf: return accepts("f32") ? array.to(at::kFloat) : accepts("f64") ? array.to(at::kDouble) : array;
    case at::kFloat: return accepts("f64") ? array.to(at::kDouble) : array;
    case at::kByte:
    case at::kInt:
    case at::kLong:
      if (accepts("bool") && zero_or_one()) return array.to(at::kBool);
      return accepts("i64") ? array.to(at::kLong) : array;
    case at::kDouble:
      if (!accepts("f32")) return array;
      spdlog::info("{}: double precision, taken as single precision ({})", name, wanted.text());
      return array.to(at::kFloat);
    default: return array;
  }
}

/// Of a record, the type of "keys.mask".
const PortType* field_type(const PortType& record, std::string_view name) {
  for (const auto& field : record.fields) {
    if (field.name == name) return &field.type;
    if (name.starts_with(field.name + ".")) return field_type(field.type, name.substr(field.name.size() + 1));
  }
  return nullptr;
}

/// The group `name.…`, or, where there is none, the arrays that have the names of the record's fields.
Payload record(const ArraySet& set, const std::string& name, const PortType& wanted) {
  Fields out;
  for (const auto& [field, array] : set.content.arrays.sub(name)) {
    const auto* type = field_type(wanted, field);
    out.set(field, type ? fitted(array, *type, place(set, name + "." + field)) : array);
  }
  if (set.asked) set.asked->ask(name);
  if (out.empty())
    for (const auto& [field, array] : set.content.arrays)
      if (const auto* type = field_type(wanted, field)) {
        out.set(field, fitted(array, *type, place(set, field)));
        if (set.asked) set.asked->ask(field);
      }
  return out.empty() ? Payload{} : Payload::of(std::move(out));
}

/// For a port that takes anything: an array, a value of the first type whose arrays these are, or a record of the group.
Payload anything(const ArraySet& set, const std::string& name) {
  if (const auto* array = set.content.arrays.find(name)) return Payload::of(*array);
  const auto there = names_under(set.content, name);
  for (const auto* codec : all_codecs()) {
    std::vector<std::string> needed;
    for (const auto& field : codec->arrays)
      if (field.otherwise.empty()) needed.push_back(name + "." + field.name);
    const auto is_there = [&](const std::string& one) { return std::find(there.begin(), there.end(), one) != there.end(); };
    if (codec->payload && !needed.empty() && std::all_of(needed.begin(), needed.end(), is_there))
      return codec->payload(read_arrays(set.content, set.file, name, *codec));
  }
  Fields group = set.content.arrays.sub(name);
  return group.empty() ? Payload{} : Payload::of(std::move(group));
}

Payload part_of(const ArraySet& set, const std::string& name, const PortType& wanted) {
  if (set.asked) set.asked->ask(name);
  if (wanted.kind == "record") return record(set, name, wanted);
  if (wanted.kind == "tensor") {
    const auto* array = set.content.arrays.find(name);
    return array ? Payload::of(fitted(*array, wanted, place(set, name))) : Payload{};
  }
  if (wanted.kind == "any") return anything(set, name);
  const Codec* codec = codec_named(wanted.kind);
  if (!codec || codec->arrays.empty() || !codec->payload)
    throw Error("a \"" + wanted.kind + "\" cannot be made of arrays", "give the type an array form: docs/writing-a-stage.md",
                place(set, name));
  return names_under(set.content, name).empty() ? Payload{} : codec->payload(read_arrays(set.content, set.file, name, *codec));
}

[[noreturn]] void missing(const ArraySet& set, const std::string& name, const PortType& wanted) {
  std::vector<std::string> arrays;
  for (const auto& array : port_arrays({name, wanted}))
    if (!array.optional) arrays.push_back(array.name + "\" (" + array.type);
  std::string text;
  for (const auto& array : arrays) text += (text.empty() ? "\"" : ", \"") + array + ")";
  std::vector<std::string> there = set.content.arrays.names();
  for (const auto& [own, value] : set.content.texts) there.push_back(own);
  const std::string near = nearest_name(name, there);
  throw Error("there is no array " + text + "; it holds " + quoted_list(there),
              near.empty() ? "store it under this name" : "\"" + near + "\" may be meant: give it this name", set.file);
}

Payload array_for(const Payload& whole, std::string_view name, const PortType& wanted, bool required) {
  const auto& set = whole.as<ArraySet>();
  Payload part = part_of(set, std::string(name), wanted);
  if (!part && required) missing(set, std::string(name), wanted);
  Symbols symbols;
  if (part)
    if (const auto problem = part.check(wanted, symbols))
      throw Error(*problem, "store it so: `tivit-run describe` shows what the stage takes", place(set, std::string(name)));
  return part;
}

const bool added = add_field_for(typeid(ArraySet), &array_for);

}  // namespace
}  // namespace tivit::data

tivit::Payload tivit::PortTraits<tivit::data::ArraySet>::field(const tivit::data::ArraySet& set, std::string_view name) {
  return data::part_of(set, std::string(name), PortType{});
}
