#pragma once
// What the arrays of a stage are called when its values come from NumPy's files, and go there: graphs/apply.toml.
#include <string>
#include <tivit/stage.hpp>
#include <vector>

namespace tivit {

struct ArrayName {
  std::string name;       ///< "roll", "notes.onset_s", "beside.time_grid.hop_ns"; "logits.*": any
  std::string type;       ///< "f32[T,88]", "text"; "" for a type that has no array form
  bool optional = false;  ///< may be left out
};

/// Of a port's value. A type that nobody has given an array form is one entry without a type.
std::vector<ArrayName> port_arrays(const PortSpec& port);
/// Of what travels beside; nothing for a type that has no array form.
std::vector<ArrayName> beside_arrays(std::type_index type);
/// All that a stage takes through its ports, and all that it gives, what it sets beside included.
std::vector<ArrayName> input_arrays(const StageSpec& spec);
std::vector<ArrayName> output_arrays(const StageSpec& spec);

}  // namespace tivit
