#pragma once
// Plans without graph text, for tests of the executor alone.
#include <tivit/plan.hpp>
#include <tivit/registry.hpp>

namespace tivit::tests {

struct PlanByHand {
  Plan plan;

  PlanByHand() {
    plan.name = "by-hand";
    plan.domains = {{0, -1, "", -1, -1}, {1, 0, "run", -1, -1}};
  }

  /// Adds a stage; inputs are indices of earlier stages (their output 0), in port order.
  int add(const std::string& name, const std::string& use, const std::vector<int>& inputs,
          std::vector<std::pair<std::string, ParameterValue>> given = {}) {
    PlanStage stage;
    stage.name = name;
    stage.spec = &Registry::instance().find(use);
    for (const auto& parameter : stage.spec->parameters) {
      ParameterValue value = parameter.default_value;
      for (const auto& [key, wanted] : given)
        if (key == parameter.name) value = parameter.checked(wanted);
      stage.parameters.emplace_back(parameter.name, value);
    }
    int deepest = -1;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      PlanInput input;
      input.port = stage.spec->inputs[i].name;
      input.producer = inputs[i];
      stage.inputs.push_back(input);
      const int domain = plan.stages[static_cast<std::size_t>(inputs[i])].domain;
      if (deepest < 0 || this->domain(domain).depth > this->domain(deepest).depth) deepest = domain;
    }
    stage.input_domain = deepest;
    stage.scope = stage.spec->scope;
    if (stage.scope.starts_with("$"))
      for (const auto& [key, value] : stage.parameters)
        if ("$" + key == stage.spec->scope) stage.scope = std::get<std::string>(value.value);
    stage.domain = output_domain(stage);
    plan.stages.push_back(stage);
    return static_cast<int>(plan.stages.size()) - 1;
  }

 private:
  const PlanDomain& domain(int index) const { return plan.domains[static_cast<std::size_t>(index)]; }
  int open(PlanDomain domain) {
    domain.opener = static_cast<int>(plan.stages.size());
    plan.domains.push_back(domain);
    return static_cast<int>(plan.domains.size()) - 1;
  }
  int output_domain(PlanStage& stage) {
    switch (stage.spec->kind) {
      case Kind::source: return open({2, 1, "epoch", -1, -1});
      case Kind::expand:
        if (stage.spec->restores_members) return domain(stage.input_domain).gathered;
        return open({domain(stage.input_domain).depth + 1, stage.input_domain, stage.scope, -1, -1});
      case Kind::gather: {
        int scoped = stage.input_domain;
        while (domain(scoped).opens != stage.scope) scoped = domain(scoped).parent;
        const int parent = domain(scoped).parent;
        stage.scope_depth = domain(parent).depth;
        return stage.spec->one_per_scope ? parent : open({stage.scope_depth + 1, parent, stage.scope, stage.input_domain, -1});
      }
      default: return stage.input_domain;
    }
  }
};

}  // namespace tivit::tests
