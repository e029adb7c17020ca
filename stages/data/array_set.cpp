#include <ATen/ops/empty.h>

#include <stages/data/array_set.hpp>
#include <tivit/error.hpp>

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
