#pragma once
// A plan written out for people: the resolved graph, its edges, a picture.
#include <string>
#include <tivit/graph_text.hpp>
#include <tivit/plan.hpp>

namespace tivit {

/// The whole graph as one TOML file that makes the same plan, each value with a comment saying where it came from.
std::string resolved_text(const Plan& plan, const GraphText& graph);
struct EdgeText {
  std::string edge, type;  ///< "clips -> strips.clip", "clip": the type that the whole graph gives it
};
std::vector<EdgeText> edges_of(const Plan& plan);
/// One line an edge, with its type.
std::string edges_text(const Plan& plan);
/// Graphviz.
std::string dot_text(const Plan& plan);

}  // namespace tivit
