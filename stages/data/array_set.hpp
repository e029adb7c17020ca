#pragma once
// The arrays of one file as a port value whose fields feed ports of any kind by name.
#include <memory>
#include <stages/data/npz.hpp>
#include <string>

namespace tivit::data {

class AskedArrays;

/// `set.roll` is the array "roll"; `set.logits` the record of the arrays "logits.onset", "logits.offset", …; `set.notes` the notes of
/// "notes.onset_s", "notes.offset_s" and "notes.pitch", and so with every type that has an array form (ArrayField).
///
/// A port that wants a record takes, where there is no such group, the arrays with the names of its fields. Element types are
/// made to fit a port: half and single precision become wider, 0 and 1 become false and true; double becomes single precision
/// where the port knows nothing wider, and the log says so.
struct ArraySet {
  Npz content;
  std::string file;
  std::shared_ptr<AskedArrays> asked;  ///< null: nobody minds what is not used
};

}  // namespace tivit::data

template <>
struct tivit::PortTraits<tivit::data::ArraySet> {
  static constexpr std::string_view name = "arrays";
  static std::size_t bytes(const tivit::data::ArraySet& set) { return PortTraits<tivit::Fields>::bytes(set.content.arrays); }
  static Payload field(const tivit::data::ArraySet& set, std::string_view name);
};
