#pragma once
// `[args]`: the command line of a graph.
#include <tivit/graph_text.hpp>

namespace tivit {

/// Reads one entry of `[args]`; nothing when it is no table.
std::optional<ArgumentText> read_argument(const Value::Entry& entry, Mistakes& mistakes);
/// What the argument is set to by the request, or its default; nothing when it is neither given nor has one.
/// `unused`: what it sets is set otherwise, so that a default need not name what exists.
std::optional<Value> argument_value(const ArgumentText& argument, const GraphRequest& request, bool unused, Mistakes& mistakes);

}  // namespace tivit
