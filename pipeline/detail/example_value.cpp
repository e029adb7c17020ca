#include <tivit/detail/example_value.hpp>

#include <algorithm>
#include <limits>

namespace tivit::detail {
namespace {

ParameterValue of_type(const std::string& type, const ParameterSpec& parameter) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double usual = type == "bytes" ? 2.0 * (1 << 30) : 1;
  const double amount = std::clamp(usual, parameter.low.value_or(-infinity), parameter.high.value_or(infinity));
  if (type == "bool") return {true};
  if (type == "integer") return {static_cast<std::int64_t>(amount)};
  if (type == "number") return {amount};
  if (type == "duration") return {Duration{amount}.text()};
  if (type == "bytes") return {ByteCount{static_cast<std::uint64_t>(amount)}.text()};
  return {!parameter.choices.empty() ? parameter.choices.front() : type == "path" ? std::string("some/path") : std::string("text")};
}

bool says_nothing(const ParameterValue& value) {
  const auto* text = std::get_if<std::string>(&value.value);
  const auto* list = std::get_if<ParameterValue::List>(&value.value);
  return value.empty() || (text && text->empty()) || (list && list->empty());
}

}  // namespace

ParameterValue example_value(const ParameterSpec& parameter) {
  if (!says_nothing(parameter.default_value)) return parameter.default_value;
  const std::string list_of = "list of ";
  if (!parameter.type.starts_with(list_of)) return of_type(parameter.type, parameter);
  return {ParameterValue::List{of_type(parameter.type.substr(list_of.size()), parameter)}};
}

}  // namespace tivit::detail
