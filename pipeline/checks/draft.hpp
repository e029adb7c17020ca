#pragma once
// A plan while it is being checked: stages in the order of the text, some of them not understood.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tivit/graph_text.hpp>
#include <tivit/plan.hpp>
#include <vector>

namespace tivit::checks {

/// One input port with the place in the text that connects it.
struct Connection {
  PlanInput input;
  std::size_t port = 0;  ///< index into StageSpec::inputs
  std::string asked;     ///< "forward.onset", as the text has it
  Origin origin;
  bool understood = false;  ///< its producer and output are known
};

struct DraftStage {
  const PartText* text = nullptr;
  const StageSpec* spec = nullptr;  ///< null: `use` names nothing that exists
  PlanStage plan;
  std::vector<Connection> connections;
  bool complete = true;     ///< every parameter that must be given is
  bool ports_known = true;  ///< what the text connects is connected
};

struct Draft {
  const GraphText& graph;
  Mistakes& mistakes;
  std::vector<std::string> callers;  ///< graphs that call this one by `[[after]]`
  std::vector<std::string> shared;   ///< resources that a calling graph gives
  Plan plan{};
  std::vector<DraftStage> stages{};
  std::vector<int> order{};                ///< producers first
  std::map<std::string, int> resources{};  ///< name -> index into plan.resources; -1: not understood

  std::set<int> incomplete_resources{};  ///< they lack a parameter

  bool is_shared(const std::string& resource) const { return std::find(shared.begin(), shared.end(), resource) != shared.end(); }
  int find_stage(const std::string& name) const {
    for (std::size_t i = 0; i < stages.size(); ++i)
      if (stages[i].text->name == name) return static_cast<int>(i);
    return -1;
  }
};

/// `[run]` and `[runtime]`.
void read_settings(Draft& draft);
OnError read_on_error(const Value& value, Mistakes& mistakes);
/// `use` of every stage and resource; names that stand twice.
void find_specs(Draft& draft);
/// How a mistake in a parameter begins: the part, the parameter, and the variable that its value came from.
std::string about(const std::string& what, const std::string& parameter, const Value* given);
/// Parameters of every stage and resource: given values and defaults.
void check_parameters(Draft& draft);
/// What an argument that is not given would set must be there, too: somebody will give it.
void check_targets(const Draft& draft);
/// What stages and resources themselves find wrong with their parameters. Needs the connections.
void ask_parts(Draft& draft);
/// The resources that stages name.
void bind_resources(Draft& draft);
/// `in` of every stage: which output feeds which port.
void connect(Draft& draft);
/// Producers before consumers. A circle is a mistake; `order` has what is neither on it nor behind it.
void sort_stages(Draft& draft);
/// Kinds, element types and shapes of both ends of every edge, symbols unified over the whole graph.
void check_types(Draft& draft);
/// Which items meet where, and which scopes gathers listen to. Needs `order`.
void find_domains(Draft& draft);
/// Of stages that lease one resource, which comes first. Needs `order`.
void check_leases(Draft& draft);
/// Where a called graph takes its place.
void check_host(const PlanAfter& after, const AfterText& text, Draft& draft);
/// `[[after]]`: the graphs that this one calls, checked with it.
void check_after(Draft& draft);

}  // namespace tivit::checks
