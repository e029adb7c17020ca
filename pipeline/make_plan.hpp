#pragma once
// From graph text to plan: every check, all mistakes at once.
#include <tivit/graph_text.hpp>
#include <tivit/plan.hpp>

namespace tivit {

/// Checks the graph and all it calls against the registered stages. Throws Errors with every mistake of text and meaning.
Plan make_plan(const GraphText& graph);
/// Reads and checks.
Plan make_plan(const GraphRequest& request);

namespace checks {
/// The same for a graph that others call: `callers` are their files, `shared` the resources they give.
Plan make_plan(const GraphText& graph, std::vector<std::string> callers, std::vector<std::string> shared);
}  // namespace checks
}  // namespace tivit
