#include <tivit/make_plan.hpp>

#include <set>
#include <tivit/checks/draft.hpp>
#include <tivit/graph_plugins.hpp>
#include <tivit/plan_text.hpp>

namespace tivit {
namespace checks {
namespace {

/// Stages move into the plan in their order; indices follow.
void assemble(Draft& draft) {
  std::vector<int> place(draft.stages.size());
  for (std::size_t i = 0; i < draft.order.size(); ++i) place[draft.order[i]] = static_cast<int>(i);
  std::set<int> read;
  for (const int index : draft.order) {
    auto& stage = draft.stages[index];
    std::size_t next = 0;
    for (std::size_t port = 0; port < stage.spec->inputs.size(); ++port) {
      if (next == stage.connections.size() || stage.connections[next].port != port) {
        PlanInput open;
        open.port = stage.spec->inputs[port].name;
        stage.plan.inputs.push_back(std::move(open));
      }
      for (; next < stage.connections.size() && stage.connections[next].port == port; ++next) {
        PlanInput input = stage.connections[next].input;
        read.insert(input.producer);
        input.producer = place[input.producer];
        stage.plan.inputs.push_back(std::move(input));
      }
    }
    draft.plan.stages.push_back(stage.plan);
  }
  for (std::size_t i = 0; i < draft.stages.size(); ++i)
    // What a gather finds may go to metrics.jsonl as well: it need not be read.
    if (!draft.stages[i].spec->outputs.empty() && draft.stages[i].spec->kind != Kind::gather && !read.count(static_cast<int>(i)))
      draft.plan.warnings.push_back(draft.stages[i].text->origin.text() + ": nothing reads what stage \"" + draft.stages[i].text->name +
                                    "\" makes");
  for (auto& domain : draft.plan.domains)
    if (domain.opener >= 0) domain.opener = place[domain.opener];
}

/// What a graph that calls this one left open: it may do without its own arguments (GraphRequest::arguments_must_be_given).
void check_known(Draft& draft) {
  if (!draft.mistakes.none()) return;
  for (const auto& stage : draft.stages)
    if (!stage.spec || (stage.text->in && stage.text->in->bad()))
      draft.mistakes.add(stage.text->origin, "what stage \"" + stage.text->name + "\" is depends on an argument that is missing",
                         "give it on the command line");
}

}  // namespace

Plan make_plan(const GraphText& graph, std::vector<std::string> callers, std::vector<std::string> shared) {
  Mistakes mistakes = graph.mistakes;
  Draft draft{graph, mistakes, std::move(callers), std::move(shared)};
  read_settings(draft);
  draft.plan.plugins = load_graph_plugins(graph, mistakes);
  find_specs(draft);
  check_parameters(draft);
  check_targets(draft);
  bind_resources(draft);
  connect(draft);
  ask_parts(draft);
  check_types(draft);
  sort_stages(draft);
  find_domains(draft);
  check_leases(draft);
  check_after(draft);
  check_known(draft);
  mistakes.raise();
  assemble(draft);
  draft.plan.resolved_text = resolved_text(draft.plan, graph);
  return std::move(draft.plan);
}

}  // namespace checks

Plan make_plan(const GraphText& graph) { return checks::make_plan(graph, {}, {}); }
Plan make_plan(const GraphRequest& request) { return make_plan(read_graph(request)); }

}  // namespace tivit
