#pragma once
// `tivit-run diff A B`: what differs between two graphs, or between a graph and what a run had.
#include <string>
#include <tivit/graph_difference.hpp>
#include <tivit/plan.hpp>
#include <vector>

namespace tivit::cli {

/// A graph as it would run, or as it ran.
struct Side {
  std::string name;                 ///< as it was typed
  Plan plan;                        ///< edges come from here ...
  std::string text;                 ///< ... values and where they came from from here: the resolved graph
  std::filesystem::path directory;  ///< of the run, which holds the text of called graphs; empty: no run
  std::string path;                 ///< of a called graph: the names that lead to it, "eval/"
};

/// Differences in the order of the text: a stage that only one side has is one of them ("stages.snap"), and so is an edge
/// ("edge events -> midi.notes"). Those of a called graph follow ("eval: stages.midi.to").
std::vector<GraphDifference> compare(const Side& a, const Side& b);

/// `diff A B [--set NAME=VALUE] [--plugin FILE] [--json]`: the exit code. Throws Error.
int diff(const std::vector<std::string>& words);

}  // namespace tivit::cli
