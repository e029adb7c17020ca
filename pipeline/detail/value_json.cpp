#include <tivit/detail/value_json.hpp>

namespace tivit::detail {

Json value_json(const ParameterValue& value) {
  return std::visit(
      []<class T>(const T& one) -> Json {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_same_v<T, ParameterValue::List>) {
          Json list = Json::array();
          for (const auto& element : one) list.push_back(value_json(element));
          return list;
        } else {
          return one;
        }
      },
      value.value);
}

ParameterValue value_from(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return {json.get<bool>()};
  if (json.is_number_integer()) return {json.get<std::int64_t>()};
  if (json.is_number()) return {json.get<double>()};
  if (!json.is_array()) return {json.get<std::string>()};
  ParameterValue::List list;
  for (const auto& element : json) list.push_back(value_from(element));
  return {std::move(list)};
}

}  // namespace tivit::detail
