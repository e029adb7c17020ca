#pragma once
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <tests/shared_data.hpp>

namespace tivit::tests {

inline std::optional<nlohmann::json> golden_json(const std::string& name) {
  const auto path = shared("golden/" + name);
  if (!path) return std::nullopt;
  std::ifstream file(*path);
  return nlohmann::json::parse(file);
}

}  // namespace tivit::tests
