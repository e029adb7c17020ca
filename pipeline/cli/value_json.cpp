#include <tivit/cli/value_json.hpp>

namespace tivit::cli {

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

}  // namespace tivit::cli
