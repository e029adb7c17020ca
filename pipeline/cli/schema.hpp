#pragma once
// `tivit-run schema`: the graph language as a JSON Schema, for editors.
#include <string>
#include <tivit/detail/value_json.hpp>
#include <vector>

namespace tivit::cli {

using detail::Json;

/// What may stand for the parameter: its type and range, or a text with a variable (`${name}`), which may become anything.
Json value_schema(const ParameterSpec& parameter);
/// Properties of a table: names with dots are tables inside it.
Json table_properties(const std::vector<ParameterSpec>& parameters);
/// A text with a variable in it.
Json variable_schema();

/// The whole language with every registered stage and resource, draft 07 (what Taplo reads). A part that other files include fits
/// as well as a graph.
Json graph_schema();

/// `schema [FILE] [--plugin FILE]`: the exit code. Throws Error.
int schema(const std::vector<std::string>& words);

}  // namespace tivit::cli
