#pragma once
// Values of any type that has a codec as arrays, and back: `notes.onset_s`, `beside.time_grid.hop_ns`. The codec says how (ArrayField).
#include <stages/data/npz.hpp>
#include <string>
#include <string_view>
#include <tivit/codec.hpp>
#include <vector>

namespace tivit::data {

/// Adds the arrays of a value, which the codec wrote as `bytes`, under `name`.
void write_arrays(Npz& into, const std::string& name, const Codec& codec, std::string_view bytes);

/// The value's bytes, as the codec reads them. Throws Error naming `file` and the array that is missing, of another type or shape, of
/// values that cannot be, or none of the value's.
std::string read_arrays(const Npz& from, const std::string& file, const std::string& name, const Codec& codec);

/// The arrays and texts of a file that are `name` or begin with `name.`.
std::vector<std::string> names_under(const Npz& content, const std::string& name);

/// What travels beside the items of a file: its arrays `beside.…`.
Attachments read_beside(const Npz& from, const std::string& file);
void write_beside(Npz& into, const Attachments& beside);

}  // namespace tivit::data
