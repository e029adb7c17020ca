#include <algorithm>
#include <tivit/checks/domains.hpp>

namespace tivit::checks {
namespace {

class Joiner {
 public:
  explicit Joiner(Draft& draft) : draft_(draft), domains_(draft.plan.domains), waits_(draft.stages.size()), members_(draft.stages.size()) {}

  void run() {
    for (const int stage : draft_.order) place(stage);
  }

 private:
  const std::string& name(int stage) const { return draft_.stages[stage].text->name; }
  /// "the items of source "clips"".
  std::string whose(int domain) const {
    if (domain == run_domain) return "the run as a whole";
    if (domain == epoch_domain) return "whole epochs";
    const int opener = domains_[domain].opener;
    switch (draft_.stages[opener].spec->kind) {
      case Kind::expand: return "what \"" + name(opener) + "\" makes within each " + domains_[domain].opens;
      case Kind::gather: return "groups that \"" + name(opener) + "\" gathers";
      default: return "items of source \"" + name(opener) + "\"";
    }
  }

  /// The deepest domain among the inputs; -1 when an input is not known or they do not meet.
  int meet(int index) {
    auto& stage = draft_.stages[index];
    const Connection* deepest = nullptr;
    for (const auto& connection : stage.connections) {
      const int domain = connection.understood ? draft_.stages[connection.input.producer].plan.domain : -1;
      if (domain < 0) return -1;
      if (!deepest || domains_[domain].depth > domains_[stage_domain(*deepest)].depth) deepest = &connection;
    }
    if (!deepest) return -1;
    const int inner = stage_domain(*deepest);
    for (const auto& connection : stage.connections) {
      const int outer = stage_domain(connection);
      if (!domains_.holds(outer, inner)) return apart(index, connection, *deepest), -1;
      for (const int end : waits_[connection.input.producer])
        if (outer != inner && domains_.holds(end, inner) && !waits_[deepest->input.producer].count(end))
          return future(index, connection, *deepest, end), -1;
    }
    return inner;
  }
  int stage_domain(const Connection& connection) const { return draft_.stages[connection.input.producer].plan.domain; }
  void apart(int stage, const Connection& a, const Connection& b) {
    draft_.mistakes.add(a.origin,
                        "\"" + name(stage) + "\" joins \"" + a.asked + "\" and \"" + b.asked +
                            "\", whose items never belong together: the one gives " + whose(stage_domain(a)) + ", the other " +
                            whose(stage_domain(b)),
                        "join them before they part, or give the members of a group back first (batch/split)");
  }
  void future(int stage, const Connection& a, const Connection& b, int end) {
    int inner = stage_domain(b);  // the scope that an item of `end` is for the other's items
    while (domains_[inner].parent != end) inner = domains_[inner].parent;
    draft_.mistakes.add(a.origin,
                        "\"" + name(stage) + "\" can never join \"" + a.asked + "\" with \"" + b.asked +
                            "\": the one is made when its whole " + domains_[inner].opens +
                            " has ended, the other's items lie inside it and would wait for their own future",
                        "let the stage that needs the whole of it read for itself");
  }

  void place(int index) {
    auto& stage = draft_.stages[index];
    if (!stage.spec) return;
    PlanStage& plan = stage.plan;
    plan.scope = scope_name(stage);
    if (stage.spec->kind == Kind::source) {
      plan.domain = domains_.open(epoch_domain, "epoch", index);
      return;
    }
    plan.input_domain = plan.domain = meet(index);
    for (const auto& connection : stage.connections)
      if (connection.understood) waits_[index].insert(waits_[connection.input.producer].begin(), waits_[connection.input.producer].end());
    if (plan.domain < 0) return;
    members_[index] =
        stage.spec->kind == Kind::gather ? !stage.spec->one_per_scope : stage.spec->kind == Kind::map && brings_members(index);
    if (stage.spec->kind == Kind::expand) plan.domain = stage.spec->restores_members ? restored(index) : deeper(index);
    if (stage.spec->kind == Kind::gather) plan.domain = gathered(index);
  }
  std::string scope_name(const DraftStage& stage) const {
    if (!stage.spec->scope.starts_with("$")) return stage.spec->scope;
    for (const auto& [name, value] : stage.plan.parameters)
      if (name == stage.spec->scope.substr(1) && std::holds_alternative<std::string>(value.value))
        return std::get<std::string>(value.value);
    return "";
  }
  int deeper(int index) {
    const auto& plan = draft_.stages[index].plan;
    if (domains_[plan.domain].depth + 1 > static_cast<int>(ItemId::max_depth)) {
      draft_.mistakes.add(draft_.stages[index].text->origin, "\"" + plan.name + "\" opens one scope too many inside another",
                          "nest at most " + std::to_string(ItemId::max_depth) + " scopes");
      return -1;
    }
    return domains_.open(plan.domain, plan.scope, index);
  }
  /// Whether its items say which members they have: a gather's groups do, as they are or changed by maps.
  bool brings_members(int index) const {
    const auto& connections = draft_.stages[index].connections;
    return std::any_of(connections.begin(), connections.end(), [&](const Connection& connection) {
      return connection.understood && stage_domain(connection) == draft_.stages[index].plan.input_domain &&
             members_[connection.input.producer];
    });
  }
  int restored(int index) {
    const auto& stage = draft_.stages[index];
    const int members = domains_[stage.plan.domain].gathered;
    if (members < 0)
      draft_.mistakes.add(stage.text->in->origin,
                          "\"" + name(index) + "\" (" + stage.spec->name + ") gives back the members of groups, but what it takes are " +
                              whose(stage.plan.domain),
                          "put it behind a gather, such as batch/stack");
    else if (!brings_members(index))
      draft_.mistakes.add(
          stage.text->in->origin,
          "\"" + name(index) + "\" (" + stage.spec->name + ") gives back the members of groups, but these no longer say which they have",
          "give members back before groups are taken apart and put together again");
    return members;
  }
  int gathered(int index) {
    auto& plan = draft_.stages[index].plan;
    if (plan.scope.empty()) return -1;  // its parameter is wrong, which was reported
    const int owner = domains_.scope(plan.domain, plan.scope);
    if (owner < 0) {
      const auto& text = *draft_.stages[index].text;
      const auto open = domains_.open_scopes(plan.domain);
      draft_.mistakes.add(
          text.in ? text.in->origin : text.origin,
          "\"" + plan.name + "\" waits for the end of each " + plan.scope + ", but no such scope is open around " + whose(plan.domain),
          "open there: " + quoted_list(open) + (domains_[plan.domain].gathered >= 0 ? "; a group's members come back by batch/split" : ""));
      return -1;
    }
    plan.scope_depth = domains_[owner].depth;
    if (!plan.spec->one_per_scope) return domains_.open(owner, plan.scope, index, plan.domain);
    waits_[index].insert(owner);
    return owner;
  }

  Draft& draft_;
  Domains domains_;
  std::vector<std::set<int>> waits_;  ///< by stage: domains whose items had to end before its output was made
  std::vector<char> members_;         ///< by stage: its items say which members they have
};

}  // namespace

void find_domains(Draft& draft) { Joiner(draft).run(); }

}  // namespace tivit::checks
