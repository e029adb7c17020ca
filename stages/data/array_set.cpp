#include <ATen/ops/empty.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stages/data/array_set.hpp>
#include <tivit/error.hpp>
#include <tivit/field_for.hpp>

namespace tivit::data {

notes::Notes notes_of(const Fields& group) {
  const auto column = [&](const char* name) {
    const auto& array = group.at(name);
    if (array.dim() != 1 || array.size(0) != group.at("onset_s").size(0))
      throw Error(std::string("the notes' array \"") + name + "\" is no list of their length", "store one number a note");
    return array.to(at::kDouble).contiguous();
  };
  const auto onset = column("onset_s"), offset = column("offset_s"), pitch = column("pitch");
  const auto velocity = group.has("velocity") ? column("velocity") : at::Tensor();
  notes::Notes out;
  for (std::int64_t i = 0; i < onset.size(0); ++i) {
    notes::Note note{onset.data_ptr<double>()[i], offset.data_ptr<double>()[i], static_cast<int>(pitch.data_ptr<double>()[i])};
    if (velocity.defined()) note.velocity = static_cast<int>(velocity.data_ptr<double>()[i]);
    out.list.push_back(note);
  }
  return out;
}

Fields arrays_of(const notes::Notes& notes) {
  const auto count = static_cast<std::int64_t>(notes.list.size());
  const auto onset = at::empty({count}, at::kDouble), offset = at::empty({count}, at::kDouble);
  const auto pitch = at::empty({count}, at::kLong), velocity = at::empty({count}, at::kLong);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto& note = notes.list[static_cast<std::size_t>(i)];
    onset.data_ptr<double>()[i] = note.onset_s;
    offset.data_ptr<double>()[i] = note.offset_s;
    pitch.data_ptr<std::int64_t>()[i] = note.pitch;
    velocity.data_ptr<std::int64_t>()[i] = note.velocity;
  }
  return {{"onset_s", onset}, {"offset_s", offset}, {"pitch", pitch}, {"velocity", velocity}};
}

}  // namespace tivit::data

tivit::Payload tivit::PortTraits<tivit::data::ArraySet>::field(const tivit::data::ArraySet& set, std::string_view name) {
  if (const auto* array = set.content.arrays.find(name)) return Payload::of(*array);
  Fields group = set.content.arrays.sub(name);
  if (group.has("onset_s") && group.has("offset_s") && group.has("pitch")) return Payload::of(data::notes_of(group));
  return group.empty() ? Payload{} : Payload::of(std::move(group));
}

namespace tivit::data {
namespace {

/// The array as one of the accepted element types, if there is one that can hold it.
at::Tensor fitted(const at::Tensor& array, const PortType& wanted, const std::string& name) {
  const auto accepts = [&](const char* dtype) {
    return std::find(wanted.dtypes.begin(), wanted.dtypes.end(), dtype) != wanted.dtypes.end();
  };
  if (wanted.kind != "tensor" || wanted.dtypes.empty() || accepts(dtype_name(array.scalar_type()).c_str())) return array;
  switch (array.scalar_type()) {
    case at::kHalf: return accepts("f32") ? array.to(at::kFloat) : accepts("f64") ? array.to(at::kDouble) : array;
    case at::kFloat: return accepts("f64") ? array.to(at::kDouble) : array;
    case at::kInt: return accepts("i64") ? array.to(at::kLong) : array;
    case at::kByte: return accepts("bool") && (array.numel() == 0 || array.max().item<int>() <= 1) ? array.to(at::kBool) : array;
    case at::kDouble:
      if (!accepts("f32")) return array;
      spdlog::info("{}: double precision, taken as single precision ({})", name, wanted.text());
      return array.to(at::kFloat);
    default: return array;
  }
}

Payload array_for(const Payload& whole, std::string_view name, const PortType& wanted) {
  const auto& set = whole.as<ArraySet>();
  const auto place = [&](const std::string& array) { return set.file + "[" + array + "]"; };
  Payload part = whole.field(name);
  if (part && part.is<at::Tensor>()) return Payload::of(fitted(part.as<at::Tensor>(), wanted, place(std::string(name))));
  if (wanted.kind != "record" || (part && !part.is<Fields>())) return part;
  const bool grouped = static_cast<bool>(part);
  const Fields& from = grouped ? part.as<Fields>() : set.content.arrays;
  Fields out;
  for (const auto& [field, array] : from) {
    const auto type = std::find_if(wanted.fields.begin(), wanted.fields.end(), [&](const auto& one) { return one.name == field; });
    if (type != wanted.fields.end())
      out.set(field, fitted(array, type->type, place(grouped ? std::string(name) + "." + field : field)));
    else if (grouped)
      out.set(field, array);
  }
  return out.empty() ? Payload{} : Payload::of(std::move(out));
}

const bool added = add_field_for(typeid(ArraySet), &array_for);

}  // namespace
}  // namespace tivit::data
