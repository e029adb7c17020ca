#pragma once
// `[run] plugins` of a graph.
#include <tivit/graph_text.hpp>

namespace tivit {

/// Loads them and returns their paths from the root; what cannot be loaded is a mistake at its place. A relative path starts at the folder
/// of the file that names it (like `include`), one given with --set at the current directory.
std::vector<std::filesystem::path> load_graph_plugins(const GraphText& graph, Mistakes& mistakes);

}  // namespace tivit
