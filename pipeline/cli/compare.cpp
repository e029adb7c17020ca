#include <algorithm>
#include <set>
#include <tivit/atomic_file.hpp>
#include <tivit/cli/diff.hpp>
#include <tivit/plan_text.hpp>
#include <tivit/run_directory.hpp>

namespace tivit::cli {
namespace {
namespace fs = std::filesystem;

/// "stages.NAME." of a stage's or resource's value, "" of any other.
std::string part_of(const std::string& name) {
  if (!name.starts_with("stages.") && !name.starts_with("resources.")) return "";
  return name.substr(0, name.find('.', name.find('.') + 1) + 1);
}

bool is_connection(const GraphDifference& one, const std::string& part) {
  return !part.empty() && (one.name == part + "in" || one.name.starts_with(part + "in."));
}

bool by_default(const std::optional<ResolvedValue>& value) { return !value || value->from == "default"; }

/// What the values' differences mean: parts come and go as a whole, what feeds them is told by edges.
std::vector<GraphDifference> meaning(const std::vector<GraphDifference>& values) {
  std::set<std::string> one_sided, replaced;
  for (const auto& one : values)
    if (const auto part = part_of(one.name); one.name == part + "use") (one.before && one.after ? replaced : one_sided).insert(part);
  std::vector<GraphDifference> out;
  for (const auto& one : values) {
    const auto part = part_of(one.name);
    if (one_sided.contains(part)) {
      if (one.name == part + "use") out.push_back({part.substr(0, part.size() - 1), one.before, one.after});
    } else if (is_connection(one, part)) {
      // Told as an edge.
    } else if (replaced.contains(part) && by_default(one.before) && by_default(one.after)) {
      // Defaults of another stage are no news.
    } else if (one.name != "run.name" || !by_default(one.before) || !by_default(one.after)) {  // by default it is the file's
      out.push_back(one);
    }
  }
  return out;
}

/// Where the text says what feeds the stage that this edge leads to.
std::string from_of(const std::string& edge, const std::vector<GraphDifference>& values, bool before) {
  const auto target = edge.substr(edge.find(" -> ") + 4);
  const std::string part = "stages." + target.substr(0, target.find('.')) + ".";
  for (const auto& one : values)
    if (const auto& value = before ? one.before : one.after; value && is_connection(one, part)) return value->from;
  return "";
}

void add_edges(const Plan& a, const Plan& b, const std::vector<GraphDifference>& values, std::vector<GraphDifference>& out) {
  const auto was = edges_of(a), is = edges_of(b);
  const auto has = [](const std::vector<EdgeText>& edges, const EdgeText& edge) {
    return std::any_of(edges.begin(), edges.end(), [&](const auto& other) { return other.edge == edge.edge; });
  };
  for (const auto& edge : was)
    if (!has(is, edge)) out.push_back({"edge " + edge.edge, ResolvedValue{"", from_of(edge.edge, values, true)}, {}});
  for (const auto& edge : is)
    if (!has(was, edge)) out.push_back({"edge " + edge.edge, {}, ResolvedValue{"", from_of(edge.edge, values, false)}});
}

Side called(const Side& caller, const PlanAfter& after) {
  const std::string path = caller.path + after.name;
  const fs::path kept = caller.directory / called_graph(path);
  const bool run = !caller.directory.empty() && fs::exists(kept);
  return {caller.name, *after.plan, run ? read_file(kept) : after.plan->resolved_text, caller.directory, path + "/"};
}

}  // namespace

std::vector<GraphDifference> compare(const Side& a, const Side& b) {
  const auto values = graph_differences(a.text, b.text);
  auto out = meaning(values);
  add_edges(a.plan, b.plan, values, out);
  for (std::size_t i = 0; i < std::min(a.plan.after.size(), b.plan.after.size()); ++i) {
    const auto &was = a.plan.after[i], &is = b.plan.after[i];
    if (was.name != is.name) continue;  // another graph is called: that is told
    for (auto& one : compare(called(a, was), called(b, is))) out.push_back({was.name + ": " + one.name, one.before, one.after});
  }
  return out;
}

}  // namespace tivit::cli
