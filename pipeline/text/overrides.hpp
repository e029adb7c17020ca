#pragma once
// What `--set`, arguments and a calling graph change in the text that was read.
#include <tivit/graph_text.hpp>
#include <tivit/text/load.hpp>

namespace tivit {

/// One change: `stage.parameter`, `run.key`, `runtime.key`; a key without a dot is a variable.
struct Override {
  std::string key;
  Value value;
  Origin origin;  ///< where the key stands: for messages
};

/// True for a key that names a variable.
bool names_variable(const std::string& key);
/// Lays the change over the sections; a mistake when the part is not there. (Variables are defined before files are read.)
void apply_override(const Override& change, LoadedText& text, Mistakes& mistakes);

}  // namespace tivit
