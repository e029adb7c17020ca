#pragma once
// Makes models the way a graph does.
#include <memory>
#include <stages/model/model.hpp>

#include "../call_stage.hpp"

namespace tivit::tests {

inline std::shared_ptr<model::Model> make_model(const std::string& use, const Settings& settings = {}, std::uint64_t seed = 1) {
  const auto& spec = Registry::instance().find(use);
  const auto each = [&](const auto& set) {
    for (const auto& [name, value] : settings) set(name, spec.parameter(name)->checked(value));
  };
  spec.faults(each, {}).raise();
  auto made = spec.make_resource(each);
  auto model = std::dynamic_pointer_cast<model::Model>(made);
  RunContext run;
  run.seed = seed;
  model->open(run);
  return model;
}

}  // namespace tivit::tests
