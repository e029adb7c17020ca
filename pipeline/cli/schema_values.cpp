#include <algorithm>
#include <tivit/cli/schema.hpp>

namespace tivit::cli {
namespace {

const std::string variable = "\\$\\{";  // as a regular expression
const std::string number = "^ *[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)? *";

/// One value that is no list. A keyword about numbers says nothing of strings, and `pattern` nothing of numbers: one schema holds both.
Json plain(const ParameterSpec& parameter, const std::string& type) {
  Json schema;
  if (type == "bool") schema = {{"type", {"boolean", "string"}}, {"pattern", variable}};
  if (type == "integer") schema = {{"type", {"integer", "string"}}, {"pattern", variable}};
  if (type == "number") schema = {{"type", {"number", "string"}}, {"pattern", variable}};
  if (type == "duration") schema = {{"type", {"number", "string"}}, {"pattern", number + "(s|ms|us|ns|min|h)?$|" + variable}};
  if (type == "bytes")
    schema = {{"type", {"integer", "string"}}, {"minimum", 0}, {"pattern", number + "(B|KiB|MiB|GiB|kB|MB|GB)?$|" + variable}};
  if (type == "string" || type == "path") schema = {{"type", "string"}};
  if (parameter.low && type != "string" && type != "path") schema["minimum"] = *parameter.low;
  if (parameter.high && type != "string" && type != "path") schema["maximum"] = *parameter.high;
  if (!parameter.choices.empty()) schema = {{"anyOf", {{{"enum", parameter.choices}}, variable_schema()}}};
  return schema;
}

std::string described(const ParameterSpec& parameter) {
  std::string text = parameter.doc.empty() ? parameter.type : parameter.doc + " (" + parameter.type + ")";
  if (!parameter.unit.empty()) text += ", in " + parameter.unit;
  if (const auto range = parameter.range_text(); !range.empty()) text += ", " + range;
  if (parameter.required) text += "; required";
  return parameter.default_value.empty() ? text : text + "; default " + parameter.default_value.text();
}

}  // namespace

Json variable_schema() { return {{"type", "string"}, {"pattern", variable}}; }

Json value_schema(const ParameterSpec& parameter) {
  Json schema;
  if (!parameter.type.starts_with("list of ")) {
    schema = plain(parameter, parameter.type);
  } else {
    // One value stands for a list of one; a variable may be the whole list.
    const Json element = plain(parameter, parameter.type.substr(8));
    schema["anyOf"] = {{{"type", "array"}, {"items", element}}, element, variable_schema()};
  }
  schema["description"] = described(parameter);
  if (!parameter.default_value.empty()) schema["default"] = detail::value_json(parameter.default_value);
  return schema;
}

Json table_properties(const std::vector<ParameterSpec>& parameters) {
  Json properties = Json::object();
  std::vector<std::pair<std::string, std::vector<ParameterSpec>>> tables;
  for (const auto& parameter : parameters) {
    const auto dot = parameter.name.find('.');
    if (dot == std::string::npos) {
      properties[parameter.name] = value_schema(parameter);
      continue;
    }
    const std::string name = parameter.name.substr(0, dot);
    auto table = std::find_if(tables.begin(), tables.end(), [&](const auto& one) { return one.first == name; });
    if (table == tables.end()) table = tables.insert(tables.end(), {name, {}});
    table->second.push_back(parameter);
    table->second.back().name = parameter.name.substr(dot + 1);
  }
  for (const auto& [name, inner] : tables) {
    Json table{{"type", "object"}, {"properties", table_properties(inner)}, {"additionalProperties", false}};
    properties[name] = properties.contains(name) ? Json{{"anyOf", {properties[name], table}}} : table;
  }
  return properties;
}

}  // namespace tivit::cli
