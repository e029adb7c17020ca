#pragma once
// The arrays of one file as a port value whose fields feed ports of any kind by name.
#include <stages/data/npz.hpp>
#include <stages/notes/note.hpp>

namespace tivit::data {

/// `set.roll` is the array "roll"; `set.logits` the record of the arrays "logits.onset", "logits.offset", …; where such a group
/// is "n.onset_s", "n.offset_s" and "n.pitch" (and perhaps "n.velocity"), it is notes.
///
/// A port that wants a record takes, where there is no such group, the arrays with the names of its fields. Element types are
/// made to fit a port: half and single precision become wider, 0 and 1 become false and true; double becomes single precision
/// where the port knows nothing wider, and the log says so.
struct ArraySet {
  Npz content;
  std::string file;
};

/// The group as notes; throws Error when the arrays are not lists of one length.
notes::Notes notes_of(const Fields& group);
/// The opposite: onset_s, offset_s f64[N], pitch, velocity i64[N].
Fields arrays_of(const notes::Notes& notes);

}  // namespace tivit::data

template <>
struct tivit::PortTraits<tivit::data::ArraySet> {
  static constexpr std::string_view name = "arrays";
  static std::size_t bytes(const tivit::data::ArraySet& set) { return PortTraits<tivit::Fields>::bytes(set.content.arrays); }
  static Payload field(const tivit::data::ArraySet& set, std::string_view name);
};
