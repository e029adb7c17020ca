#pragma once
// Runs one stage the way a graph does: made by name, its parameters checked, its inputs and outputs checked against its ports.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <tivit/registry.hpp>
#include <tivit/tensor/fields.hpp>
#include <utility>
#include <vector>

namespace tivit::tests {

using Settings = std::vector<std::pair<std::string, ParameterValue>>;

struct MadeStage {
  const StageSpec& spec;
  std::unique_ptr<Stage> stage;
  RunContext run;
  Context context;

  explicit MadeStage(const std::string& use, const Settings& settings = {}) : spec(Registry::instance().find(use)), stage(spec.make()) {
    for (const auto& [name, value] : settings) {
      const auto* parameter = spec.parameter(name);
      if (!parameter) throw Error(use + " has no parameter \"" + name + "\"");
      stage->set(name, parameter->checked(value));
    }
    context.stage_ = "tested";
    context.spec_ = &spec;
    context.id_ = ItemId{0, 0};
  }
  void open() {
    context.run_ = &run;
    stage->open(run);
  }
  /// A call of a map or sink; every payload must fit its port.
  std::vector<Payload> operator()(const std::vector<Payload>& values) {
    Inputs inputs;
    Symbols symbols;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i])
        if (const auto problem = values[i].check(spec.inputs[i].type, symbols))
          throw Error("input \"" + spec.inputs[i].name + "\" " + *problem);
      inputs.emplace_back(spec.inputs[i].name, values[i]);
    }
    auto outputs = stage->call(inputs, context);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (const auto problem = outputs[i].check(spec.outputs[i].type, symbols))
        throw Error("output \"" + spec.outputs[i].name + "\" " + *problem);
    return outputs;
  }
};

}  // namespace tivit::tests
