#pragma once
// The reference configurations' keys as parameters of model/tivit.
#include <nlohmann/json.hpp>

#include "../call_stage.hpp"

namespace tivit::tests {

inline Settings tivit_settings(const nlohmann::json& model) {
  Settings settings{{"head_mode", {model["head_mode"].get<std::string>()}}, {"channels", {model["input_channels"].get<std::int64_t>()}}};
  const auto& transformer = model["transformer"];
  settings.push_back({"patch", {transformer["input_patch_size"].get<std::int64_t>()}});
  settings.push_back({"tube", {transformer["tube_size"].get<std::int64_t>()}});
  for (const char* name : {"d_model", "num_heads", "depth_temporal", "depth_spatial", "depth_global", "global_tokens"})
    settings.push_back({name, {transformer[name].get<std::int64_t>()}});
  for (const char* name : {"mlp_ratio", "dropout"}) settings.push_back({name, {transformer[name].get<double>()}});
  return settings;
}

}  // namespace tivit::tests
