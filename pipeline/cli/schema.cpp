#include <tivit/cli/schema.hpp>

#include <algorithm>
#include <iostream>
#include <tivit/atomic_file.hpp>
#include <tivit/checks/settings.hpp>
#include <tivit/cli/command_line.hpp>
#include <tivit/cli/subcommand.hpp>
#include <tivit/registry.hpp>
#include <tivit/run_program.hpp>

namespace tivit::cli {
namespace {

const Json anything = Json::object();

std::string definition_of(const std::string& use) {
  std::string name = use;
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}
Json reference_to(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }

Json list_or_one(const Json& element) { return {{"anyOf", {{{"type", "array"}, {"items", element}}, element}}}; }

Json closed_table(Json properties, const std::string& doc) {
  return {{"type", "object"}, {"description", doc}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json on_error_schema() {
  const Json word{{"anyOf", {{{"enum", {"fail", "skip", "retry"}}}, variable_schema()}}};
  const Json times{{"type", {"integer", "string"}}, {"minimum", 1}, {"maximum", 1000}, {"pattern", "\\$\\{"}};
  const Json budget{{"type", {"integer", "string"}}, {"minimum", 0}, {"pattern", "^[0-9.]+ ?%$|\\$\\{"}};
  const Json wait{{"type", {"number", "string"}}, {"minimum", 0}, {"maximum", 30}};
  Json with_more = closed_table({{"do", word}, {"times", times}, {"wait", wait}, {"budget", budget}}, "with attempts and a budget");
  with_more["required"] = {"do"};
  Json schema{{"description", "what happens when a stage fails on an item"}};
  schema["anyOf"] = {{{"enum", {"fail", "skip", "retry"}}}, variable_schema(), std::move(with_more)};
  return schema;
}

Json inputs_schema(const StageSpec& spec) {
  const Json name{{"type", "string"}};
  Json ports = Json::object();
  bool many = false;
  for (const auto& port : spec.inputs) {
    many = many || port.many;
    ports[port.name] = list_or_one(name);
    ports[port.name]["description"] =
        port.type.text() + (port.optional ? ", may be left out" : "") + (port.doc.empty() ? "" : ": " + port.doc);
    if (port.many) ports.erase(port.name);
  }
  Json table{{"type", "object"}, {"properties", ports}};
  table["additionalProperties"] = many ? anything : Json(false);
  return {{"description", "where the inputs come from"}, {"anyOf", {name, {{"type", "array"}, {"items", name}}, table}}};
}

Json part_schema(const StageSpec& spec) {
  Json properties{{"use", {{"const", spec.name}, {"description", spec.doc}}}};
  if (!spec.inputs.empty()) properties["in"] = inputs_schema(spec);
  if (spec.kind != Kind::resource) properties["on_error"] = reference_to("on_error");
  if (spec.parallel)
    properties["concurrency"] = {{"description", "most calls at the same time"},
                                 {"type", {"integer", "string"}},
                                 {"minimum", 1},
                                 {"maximum", 1024},
                                 {"pattern", "\\$\\{"}};
  for (const auto& use : spec.resources)
    properties[use.parameter] = {{"type", "string"},
                                 {"description", "name of a resource: a " + use.interface + (use.optional ? ", may be left out" : "")}};
  properties.update(table_properties(spec.parameters));
  return closed_table(std::move(properties), spec.doc);
}

/// A stage or resource of any kind. `allOf` refuses what its own kind does not know. The list under `anyOf` refuses nothing (its first
/// entry holds for everything): it is what editors complete from, because they do not follow `if`.
Json any_part(bool resources) {
  Json names = Json::array(), conditions = Json::array(), hints = Json::array({anything});
  for (const auto& name : Registry::instance().names()) {
    const auto& spec = *Registry::instance().lookup(name);
    if ((spec.kind == Kind::resource) != resources) continue;
    names.push_back(name);
    conditions.push_back(
        {{"if", {{"properties", {{"use", {{"const", name}}}}}, {"required", {"use"}}}}, {"then", reference_to(definition_of(name))}});
    hints.push_back(reference_to(definition_of(name)));
  }
  return {{"type", "object"},
          {"required", {"use"}},
          {"properties", {{"use", {{"anyOf", {{{"enum", names}}, variable_schema()}}}}}},
          {"allOf", conditions},
          {"anyOf", hints}};
}

Json parts_schema(const std::string& definition, const std::string& doc) {
  return {{"type", "object"},
          {"description", doc},
          {"propertyNames", {{"pattern", "^[^. \"/]+$"}, {"not", {{"enum", {"run", "runtime"}}}}}},
          {"additionalProperties", reference_to(definition)}};
}

Json arguments_schema() {
  const Json text{{"type", "string"}}, flag{{"type", "boolean"}};
  const auto described = [](Json schema, const char* doc) { return schema["description"] = doc, schema; };
  Json argument{
      {"sets", described(list_or_one(text), "\"stage.parameter\", \"run.seed\" or a variable; left out, the variable of its own name")},
      {"positional", described(flag, "given without a name, in the order of the text")},
      {"many", described(flag, "takes any number of values")},
      {"required", described(flag, "a mistake when it is not given")},
      {"default", {{"description", "what it is when it is not given; false makes a switch"}}},
      {"path", {{"const", "exists"}, {"description", "must name a file or folder that is there"}}},
      {"doc", described(text, "one line for --help")}};
  return {{"type", "object"},
          {"description", "the graph's own command line"},
          {"additionalProperties", closed_table(std::move(argument), "an argument of the command line")}};
}

Json after_schema() {
  const Json names{{"anyOf", {{{"type", "array"}, {"items", {{"type", "string"}}}}, variable_schema()}}};
  Json every{{"anyOf", {{{"enum", {"epoch", "run", "never"}}}, variable_schema()}}};
  every["description"] = "when the graph is called";
  const auto described = [](Json schema, const char* doc) { return schema["description"] = doc, schema; };
  Json entry = closed_table({{"every", every},
                             {"run", {{"type", "string"}, {"description", "the graph, relative to this file"}}},
                             {"share", described(names, "resources that it gets from here, in place of its own")},
                             {"same", described(names, "stages that get the parameters they are given here")},
                             {"set", {{"type", "object"}, {"description", "what --set does: \"stage.parameter\" = value"}}}},
                            "a graph that runs when an epoch or the run has ended");
  entry["required"] = {"every", "run"};
  return {{"type", "array"}, {"items", std::move(entry)}};
}

}  // namespace

Json graph_schema() {
  const Json text{{"type", "string"}};
  Json run = table_properties(checks::run_settings());
  run["on_error"] = reference_to("on_error");
  run["plugins"] = {{"description", "shared libraries with stages, or folders of them, relative to this file"},
                    {"anyOf", {{{"type", "array"}, {"items", text}}, variable_schema()}}};
  Json include = list_or_one(text);
  include["description"] = "files that this one builds on, relative to this one";
  Json properties{{"title", {{"type", "string"}, {"description", "one line for people"}}},
                  {"include", std::move(include)},
                  {"vars", {{"type", "object"}, {"description", "values by name, used as ${name}"}}},
                  {"args", arguments_schema()},
                  {"run", closed_table(std::move(run), "seed, epochs, memory, device, what happens to failures")},
                  {"runtime", closed_table(table_properties(checks::runtime_settings()), "how the cores are shared out")},
                  {"stages", parts_schema("stage", "the stages by name")},
                  {"resources", parts_schema("resource", "what several stages share, by name")},
                  {"after", after_schema()}};
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "tivit graph"}};
  schema.update(closed_table(std::move(properties), "A graph of stages for tivit-run, or a part of one"));
  schema["definitions"] = {{"on_error", on_error_schema()}, {"stage", any_part(false)}, {"resource", any_part(true)}};
  for (const auto& name : Registry::instance().names())
    schema["definitions"][definition_of(name)] = part_schema(*Registry::instance().lookup(name));
  return schema;
}

int schema(const std::vector<std::string>& words) {
  std::vector<std::string> plugins, files;
  Subcommand command("schema", "JSON Schema of the graph language, with every stage and its parameters, for editors.",
                     {"[FILE] [OPTIONS]"});
  command.words(files);
  command.many("--plugin", "FILE", plugins, plugin_doc);
  if (!command.read(words)) return exit_ok;
  if (files.size() > 1) throw Error("the schema goes into one file, not " + std::to_string(files.size()), command.remedy(), "command line");
  load_plugins(plugins);
  const std::string text = graph_schema().dump(1) + "\n";
  if (files.empty())
    std::cout << text;
  else
    write_file(files[0], text);
  return exit_ok;
}

}  // namespace tivit::cli
