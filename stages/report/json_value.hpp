#pragma once
// Scores and reports flow as JSON values: port kind "json".
#include <nlohmann/json.hpp>
#include <string_view>
#include <tivit/port.hpp>

template <>
struct tivit::PortTraits<nlohmann::json> {
  static constexpr std::string_view name = "json";
  static std::size_t bytes(const nlohmann::json& value) {
    std::size_t sum = sizeof(value);
    if (value.is_string()) return sum + value.get_ref<const std::string&>().size();
    if (value.is_structured())
      for (const auto& part : value) sum += bytes(part);
    return sum;
  }
};
