#include <tivit/parameter.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <tivit/detail/example_value.hpp>
#include <tivit/missing_path.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

struct Unit {
  const char* name;
  long double factor;  ///< so that 13 ms are the double that is written 0.013
};

double parse_quantity(const std::string& text, const std::vector<Unit>& units, const char* what) {
  const char* end = text.data() + text.size();
  double number = 0;
  const auto [after, error] = std::from_chars(text.data(), end, number);
  std::string unit(error == std::errc{} ? after : end, end);
  unit.erase(0, unit.find_first_not_of(' ') == std::string::npos ? unit.size() : unit.find_first_not_of(' '));
  if (error == std::errc{})
    for (const auto& known : units)
      if (unit == known.name) return static_cast<double>(number * known.factor);
  std::vector<std::string> names;
  for (const auto& known : units)
    if (*known.name) names.push_back(known.name);
  throw Error("\"" + text + "\" is not " + what, "write a number and one of " + quoted_list(names));
}

const char* type_name(const ParameterValue& value) {
  static const char* const names[] = {"nothing", "a boolean", "an integer", "a number", "a string", "a list"};
  return names[value.value.index()];
}

/// `type` is the parameter's, or that of its elements.
ParameterValue convert(const ParameterValue& given, const std::string& type, const ParameterSpec& parameter) {
  const auto* text = std::get_if<std::string>(&given.value);
  const auto* integer = std::get_if<std::int64_t>(&given.value);
  if (type.starts_with("list of ")) {
    const std::string element = type.substr(8);
    ParameterValue::List list;
    if (const auto* elements = std::get_if<ParameterValue::List>(&given.value))
      for (const auto& one : *elements) list.push_back(convert(one, element, parameter));
    else
      list.push_back(convert(given, element, parameter));  // one value stands for a list of one
    return {std::move(list)};
  }
  if (type == "bool" && std::holds_alternative<bool>(given.value)) return given;
  if (type == "integer" && integer) return given;
  if (type == "number") {
    if (integer) return {static_cast<double>(*integer)};
    if (std::holds_alternative<double>(given.value)) return given;
  }
  if ((type == "string" || type == "path") && text) return given;
  if (type == "duration") {
    if (text) return {Duration::parse(*text).text()};
    if (integer) return {Duration{static_cast<double>(*integer)}.text()};
    if (const auto* number = std::get_if<double>(&given.value)) return {Duration{*number}.text()};
  }
  if (type == "bytes") {
    if (text) return {ByteCount::parse(*text).text()};
    if (integer && *integer >= 0) return {ByteCount{static_cast<std::uint64_t>(*integer)}.text()};
  }
  const std::string wanted = type == "bytes" ? "a number of bytes" : (type == "integer" ? "an " : "a ") + type;
  throw Error("expected " + wanted + ", got " + type_name(given) + " " + given.text(),
              "write for example " + parameter.name + " = " + detail::example_value(parameter).text());
}

std::optional<double> magnitude(const ParameterValue& value, const std::string& type) {
  if (type == "duration") return Duration::parse(std::get<std::string>(value.value)).seconds;
  if (type == "bytes") return static_cast<double>(ByteCount::parse(std::get<std::string>(value.value)).bytes);
  if (const auto* integer = std::get_if<std::int64_t>(&value.value)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&value.value)) return *number;
  return std::nullopt;
}

}  // namespace

Duration Duration::parse(const std::string& text) {
  return {
      parse_quantity(text, {{"", 1}, {"s", 1}, {"ms", 1e-3L}, {"us", 1e-6L}, {"ns", 1e-9L}, {"min", 60}, {"h", 3600}}, "a length of time")};
}
std::string Duration::text() const { return shortest(seconds) + " s"; }

ByteCount ByteCount::parse(const std::string& text) {
  const double bytes = parse_quantity(
      text, {{"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824.0}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}},
      "a number of bytes");
  if (!(bytes >= 0 && bytes < 1e18)) throw Error("\"" + text + "\" is not a number of bytes", "write for example \"2 GiB\"");
  return {static_cast<std::uint64_t>(bytes)};
}
std::string ByteCount::text() const {
  static const Unit units[] = {{" GiB", 1073741824.0}, {" MiB", 1048576}, {" KiB", 1024}};
  for (const auto& unit : units)
    if (bytes && bytes % static_cast<std::uint64_t>(unit.factor) == 0)
      return std::to_string(bytes / static_cast<std::uint64_t>(unit.factor)) + unit.name;
  return std::to_string(bytes) + " B";
}

std::string ParameterValue::text() const {
  if (empty()) return "unset";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) {
    std::string text = shortest(*number);
    if (text.find_first_of(".ein") == std::string::npos) text += ".0";
    return text;
  }
  if (const auto* string = std::get_if<std::string>(&value)) return quoted(*string);
  std::string text = "[";
  for (const auto& element : std::get<List>(value)) text += (text.size() > 1 ? ", " : "") + element.text();
  return text + "]";
}

std::string ParameterSpec::range_text() const {
  if (low && high) return shortest(*low) + " to " + shortest(*high);
  if (low) return "at least " + shortest(*low);
  return high ? "at most " + shortest(*high) : "";
}

ParameterValue ParameterSpec::checked(const ParameterValue& given) const {
  ParameterValue value = convert(given, type, *this);
  const auto check_one = [&](const ParameterValue& one, const std::string& one_type) {
    const auto size = magnitude(one, one_type);
    if (size && (std::isnan(*size) || (low && *size < *low) || (high && *size > *high))) {
      const std::string range = low && high   ? "between " + shortest(*low) + " and " + shortest(*high)
                                : low || high ? range_text()
                                              : "a number";
      throw Error(one.text() + " is out of range", "give a value " + range + (unit.empty() ? "" : " (" + unit + ")"));
    }
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    if (const auto* integer = std::get_if<std::int64_t>(&one.value); integer && !wide && (*integer > most || *integer < -most))
      throw Error(one.text() + " is out of range", "give a whole number between -" + std::to_string(most) + " and " + std::to_string(most));
    if (const auto* text = std::get_if<std::string>(&one.value); text && !choices.empty()) {
      if (std::find(choices.begin(), choices.end(), *text) != choices.end()) return;
      const std::string near = nearest_name(*text, choices);
      throw Error("\"" + *text + "\" is not one of " + quoted_list(choices), near.empty() ? "" : "did you mean \"" + near + "\"?");
    }
    if (path_rule == "exists")
      if (const auto error = missing_path(std::get<std::string>(one.value))) throw Error(*error);
  };
  if (const auto* list = std::get_if<ParameterValue::List>(&value.value))
    for (const auto& one : *list) check_one(one, type.substr(8));
  else
    check_one(value, type);
  return value;
}

std::optional<std::int64_t> ParameterSpec::size_for(const ParameterValue& value) const {
  const auto* text = std::get_if<std::string>(&value.value);
  const auto choice = text ? std::find(choices.begin(), choices.end(), *text) - choices.begin() : std::ssize(sizes);
  return choice < std::ssize(sizes) ? std::optional(sizes[choice]) : std::nullopt;
}

#define TIVIT_PLAIN_PARAMETER(TYPE, NAME, ALTERNATIVE)                                                                            \
  std::string ParameterTraits<TYPE>::name() { return NAME; }                                                                      \
  TYPE ParameterTraits<TYPE>::from(const ParameterValue& value) { return static_cast<TYPE>(std::get<ALTERNATIVE>(value.value)); } \
  ParameterValue ParameterTraits<TYPE>::to(const TYPE& value) { return {static_cast<ALTERNATIVE>(value)}; }
TIVIT_PLAIN_PARAMETER(bool, "bool", bool)
TIVIT_PLAIN_PARAMETER(int, "integer", std::int64_t)
TIVIT_PLAIN_PARAMETER(std::int64_t, "integer", std::int64_t)
TIVIT_PLAIN_PARAMETER(double, "number", double)
TIVIT_PLAIN_PARAMETER(std::string, "string", std::string)
TIVIT_PLAIN_PARAMETER(std::filesystem::path, "path", std::string)
#undef TIVIT_PLAIN_PARAMETER

std::string ParameterTraits<Duration>::name() { return "duration"; }
Duration ParameterTraits<Duration>::from(const ParameterValue& value) { return Duration::parse(std::get<std::string>(value.value)); }
ParameterValue ParameterTraits<Duration>::to(const Duration& value) { return {value.text()}; }
std::string ParameterTraits<ByteCount>::name() { return "bytes"; }
ByteCount ParameterTraits<ByteCount>::from(const ParameterValue& value) { return ByteCount::parse(std::get<std::string>(value.value)); }
ParameterValue ParameterTraits<ByteCount>::to(const ByteCount& value) { return {value.text()}; }

}  // namespace tivit
