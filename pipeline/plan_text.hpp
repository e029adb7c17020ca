#pragma once
// A plan written out for people: the resolved graph, its edges, a picture.
#include <string>
#include <tivit/graph_text.hpp>
#include <tivit/plan.hpp>

namespace tivit {

/// The whole graph as one TOML file that makes the same plan, each value with a comment saying where it came from.
std::string resolved_text(const Plan& plan, const GraphText& graph);
/// One line an edge: `clips -> strips.clip   clip`, with the type that the whole graph gives it.
std::string edges_text(const Plan& plan);
/// Graphviz.
std::string dot_text(const Plan& plan);

}  // namespace tivit
