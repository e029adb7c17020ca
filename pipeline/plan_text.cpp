#include <tivit/plan_text.hpp>

#include <algorithm>
#include <tivit/dot_text.hpp>

namespace tivit {
namespace {

std::string source_text(const Plan& plan, const PlanInput& input) {
  const PlanStage& producer = plan.stages[input.producer];
  std::string text = producer.name;
  if (producer.spec->outputs.size() > 1) text += "." + producer.spec->outputs[input.output].name;
  return input.field.empty() ? text : text + "." + input.field;
}

}  // namespace

std::string dot_escaped(std::string text) {
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

const char* dot_shape(std::string_view kind) {
  if (kind == "source") return "invhouse";
  if (kind == "expand") return "trapezium";
  if (kind == "gather") return "invtrapezium";
  return kind == "sink" ? "house" : "box";
}

std::vector<EdgeText> edges_of(const Plan& plan) {
  std::vector<EdgeText> edges;
  for (const auto& stage : plan.stages)
    for (const auto& input : stage.inputs)
      if (input.producer >= 0) edges.push_back({source_text(plan, input) + " -> " + stage.name + "." + input.port, input.type.text()});
  return edges;
}

std::string edges_text(const Plan& plan) {
  const auto lines = edges_of(plan);
  std::size_t width = 0;
  for (const auto& [edge, type] : lines) width = std::max(width, edge.size());
  std::string text;
  for (const auto& [edge, type] : lines) text += edge + std::string(width - edge.size() + 2, ' ') + type + "\n";
  return text;
}

std::string dot_text(const Plan& plan) {
  std::string text = "digraph \"" + dot_escaped(plan.name) + "\" {\n  label=\"" + dot_escaped(plan.title) +
                     "\"; labelloc=t; rankdir=TB;\n  node [fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\", fontsize=9];\n";
  for (const auto& stage : plan.stages)
    text += "  \"" + stage.name + "\" [shape=" + dot_shape(kind_name(stage.spec->kind)) + ", label=\"" + stage.name + "\\n" +
            stage.spec->name + "\"];\n";
  for (const auto& resource : plan.resources)
    text += "  \"" + resource.name + "\" [shape=cylinder, style=dashed, label=\"" + resource.name + "\\n" + resource.spec->name + "\"];\n";
  for (const auto& stage : plan.stages) {
    for (const auto& input : stage.inputs)
      if (input.producer >= 0)
        text += "  \"" + plan.stages[input.producer].name + "\" -> \"" + stage.name + "\" [label=\"" +
                dot_escaped(input.port + ": " + input.type.text()) + "\"];\n";
    for (const auto& [parameter, resource] : stage.resources)
      text += "  \"" + plan.resources[resource].name + "\" -> \"" + stage.name + "\" [style=dashed, arrowhead=none];\n";
  }
  return text + "}\n";
}

}  // namespace tivit
