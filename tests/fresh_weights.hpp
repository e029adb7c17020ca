#pragma once
// Weights that fit the models of configs/model, for what looks at weights and does not ask how good they are.
#include <stages/data/safetensors.hpp>
#include <stages/model/model.hpp>
#include <string>
#include <tivit/atomic_file.hpp>
#include <tivit/registry.hpp>
#include <tivit/text/toml_file.hpp>
#include <tivit/text/value.hpp>

#include "tests/folders.hpp"

namespace tivit::tests {

/// Of the model that `configs/model/<name>/model.toml` describes, as it begins.
inline void write_fresh_weights(const std::filesystem::path& file, const std::string& name) {
  const auto config = source_folder() / "configs/model" / name / "model.toml";
  Mistakes mistakes;
  const Value text = parse_toml(read_file(config), config.string(), mistakes);
  const Value& model = *find(*find(*text.get<Value::Table>(), "resources")->get<Value::Table>(), "model");
  const auto& table = *model.get<Value::Table>();
  const StageSpec& spec = Registry::instance().find(*find(table, "use")->string());
  const auto made = spec.make_resource([&](const auto& set) {
    for (const auto& [key, origin, value] : table)
      if (key != "use") set(key, spec.parameter(key)->checked(parameter_value(value)));
  });
  RunContext run;
  run.training = true;  // nobody is warned of random weights
  made->open(run);
  std::filesystem::create_directories(file.parent_path());
  data::write_safetensors(file, {std::dynamic_pointer_cast<model::Model>(made)->parameters().values(), {}});
}

}  // namespace tivit::tests
