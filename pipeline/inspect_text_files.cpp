// Inspectors of the files that the framework itself reads and writes: graphs and JSON.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tivit/error.hpp>
#include <tivit/graph_text.hpp>
#include <tivit/inspector.hpp>
#include <tivit/text/place.hpp>

namespace tivit {
namespace {

using Json = nlohmann::ordered_json;

Recognised is_graph(const std::filesystem::path& file, std::string_view) {
  return file.extension() == ".toml" ? Recognised::by_name : Recognised::no;
}

Json parts(const std::vector<PartText>& list) {
  Json out = Json::array();
  for (const auto& part : list)
    out.push_back({{"name", part.name},
                   {"use", part.use && part.use->string() ? *part.use->string() : ""},
                   {"in", part.in ? part.in->text() : ""},
                   {"from", part.origin.text()}});
  return out;
}

std::string inspect_graph(const std::filesystem::path& file) {
  GraphRequest request;
  request.file = file;
  request.files_must_exist = request.arguments_must_be_given = false;
  const auto graph = read_graph(request);
  Json out{{"title", graph.title}, {"files", graph.files}};
  Json arguments = Json::array(), variables = Json::object();
  for (const auto& one : graph.arguments)
    arguments.push_back({{"name", (one.positional ? "" : "--") + one.name}, {"required", one.required}, {"doc", one.doc}});
  for (const auto& [name, value] : graph.variables) variables[name] = value.text();
  if (!arguments.empty()) out["arguments"] = arguments;
  if (!variables.empty()) out["variables"] = variables;
  if (!graph.resources.empty()) out["resources"] = parts(graph.resources);
  if (!graph.stages.empty()) out["stages"] = parts(graph.stages);
  for (const auto& after : graph.after) out["after"].push_back({{"every", after.every}, {"run", after.file.string()}});
  try {
    graph.mistakes.raise();
  } catch (const Errors& errors) {
    for (const auto& error : errors.list()) out["mistakes"].push_back(error.what());
  }
  return out.dump();
}

Recognised is_json(const std::filesystem::path& file, std::string_view) {
  return file.extension() == ".json" ? Recognised::by_name : Recognised::no;
}

std::string inspect_json(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  try {
    auto content = Json::parse(text.str());
    if (content.is_object() && text.str().size() < (1 << 16)) return Json{{"content", std::move(content)}}.dump();
    Json out{{"holds", content.is_array() ? "a list" : content.is_object() ? "an object" : "one value"}, {"entries", content.size()}};
    if (content.is_object())
      for (const auto& [key, value] : content.items()) out["keys"].push_back(key);
    return out.dump();
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(place_in(text.str(), error.byte, file.string()), "is no JSON", "it was perhaps cut off, or is another kind of file");
  } catch (const nlohmann::json::exception& error) {  // a number that no double holds
    throw Error(std::string("cannot be read: ") + error.what(), "write what is meant in another way", file.string());
  }
}

TIVIT_INSPECTOR("graph", "a graph or a part of one: arguments, variables, stages", &is_graph, &inspect_graph)
TIVIT_INSPECTOR("json", "calibrations, scores, manifests", &is_json, &inspect_json)

}  // namespace
}  // namespace tivit
