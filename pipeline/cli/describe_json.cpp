#include <nlohmann/json.hpp>
#include <tivit/array_names.hpp>
#include <tivit/cli/describe.hpp>
#include <tivit/detail/value_json.hpp>
#include <tivit/registry.hpp>

namespace tivit::cli {
namespace {

using detail::Json, detail::value_json;

Json ports_json(const std::vector<PortSpec>& ports) {
  Json list = Json::array();
  for (const auto& port : ports)
    list.push_back({{"name", port.name}, {"type", port.type.text()}, {"doc", port.doc}, {"optional", port.optional}, {"many", port.many}});
  return list;
}

Json arrays_json(const std::vector<ArrayName>& arrays) {
  Json list = Json::array();
  for (const auto& [name, type, optional] : arrays)
    list.push_back({{"name", name}, {"type", type.empty() ? Json() : Json(type)}, {"optional", optional}});
  return list;
}

Json parameter_json(const ParameterSpec& parameter) {
  Json json{{"name", parameter.name}, {"type", parameter.type},         {"doc", parameter.doc},
            {"unit", parameter.unit}, {"required", parameter.required}, {"default", value_json(parameter.default_value)}};
  json["low"] = parameter.low ? Json(*parameter.low) : Json();
  json["high"] = parameter.high ? Json(*parameter.high) : Json();
  json["choices"] = parameter.choices;
  json["sizes"] = Json::object();
  if (!parameter.sizes.empty()) json["sizes"][parameter.symbol] = parameter.sizes;
  json["path"] = parameter.path_rule;
  return json;
}

Json spec_json(const StageSpec& spec) {
  Json json{{"name", spec.name},     {"kind", kind_name(spec.kind)}, {"doc", spec.doc},
            {"origin", spec.origin}, {"interface", spec.interface},  {"scope", spec.scope}};
  json["one_per_scope"] = spec.one_per_scope;
  json["restores_members"] = spec.restores_members;
  json["parallel"] = spec.parallel;
  json["stateful"] = spec.stateful;
  json["inputs"] = ports_json(spec.inputs);
  json["outputs"] = ports_json(spec.outputs);
  json["parameters"] = Json::array();
  for (const auto& parameter : spec.parameters) json["parameters"].push_back(parameter_json(parameter));
  json["resources"] = Json::array();
  for (const auto& use : spec.resources)
    json["resources"].push_back(
        {{"parameter", use.parameter}, {"interface", use.interface}, {"lease", use.lease}, {"optional", use.optional}});
  if (spec.kind == Kind::map) json["arrays"] = {{"in", arrays_json(input_arrays(spec))}, {"out", arrays_json(output_arrays(spec))}};
  json["example"] = spec.example;
  json["problems"] = spec.problems;
  return json;
}

}  // namespace

std::string list_json() {
  Json list = Json::array();
  for (const auto& name : Registry::instance().names()) list.push_back(spec_json(*Registry::instance().lookup(name)));
  return list.dump(2) + "\n";
}

std::string describe_json(const std::string& name) { return spec_json(Registry::instance().find(name)).dump(2) + "\n"; }

}  // namespace tivit::cli
