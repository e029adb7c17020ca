#include <algorithm>
#include <map>
#include <tivit/array_names.hpp>
#include <tivit/cli/describe.hpp>
#include <tivit/registry.hpp>

namespace tivit::cli {
namespace {

std::string pad(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

std::string parameter_text(const ParameterSpec& parameter) {
  std::string text = "  " + parameter.name + "  (" + parameter.type;
  std::string range = parameter.range_text();
  if (!parameter.unit.empty()) range += (range.empty() ? "" : " ") + parameter.unit;
  if (!range.empty()) text += ", " + range;
  if (!parameter.choices.empty()) text += ", one of " + quoted_list(parameter.choices);
  if (parameter.path_rule == "exists") text += ", must exist";
  text += parameter.required                ? ", required)"
          : parameter.default_value.empty() ? ", unset)"
                                            : ", default " + parameter.default_value.text() + ")";
  return text + "\n" + (parameter.doc.empty() ? "" : "      " + parameter.doc + "\n");
}

std::string ports_text(const char* title, const std::vector<PortSpec>& ports) {
  std::string text;
  for (const auto& port : ports) {
    text += "  " + port.name + "  " + port.type.text() + (port.optional ? "  (optional)" : "") +
            (port.many ? "  (any number, named by the graph)" : "") + "\n";
    if (!port.doc.empty()) text += "      " + port.doc + "\n";
  }
  return text.empty() ? "" : std::string("\n") + title + "\n" + text;
}

/// Of a map: what graphs/apply.toml takes and writes.
std::string arrays_text(const StageSpec& spec) {
  if (spec.kind != Kind::map) return "";
  std::string text;
  std::size_t width = 0;
  for (const auto& all : {input_arrays(spec), output_arrays(spec)})
    for (const auto& array : all) width = std::max(width, array.name.size());
  const auto add = [&](const std::string& way, const std::vector<ArrayName>& arrays) {
    for (const auto& [name, type, optional] : arrays)
      text += "  " + way + pad(name, width) + "  " + (type.empty() ? "has no array form" : type) + (optional ? "  (optional)" : "") + "\n";
  };
  add("in   ", input_arrays(spec));
  add("out  ", output_arrays(spec));
  return "\narrays (tivit-run graphs/apply.toml in.npz --set apply.use=" + spec.name + ")\n" + text;
}

std::string kind_text(const StageSpec& spec) {
  std::string text(kind_name(spec.kind));
  const std::string scope =
      spec.scope.starts_with("$") ? "the scope that parameter " + spec.scope.substr(1) + " names" : "\"" + spec.scope + "\"";
  if (spec.restores_members)
    text += ", gives back the members of a group";
  else if (spec.kind == Kind::expand)
    text += ", opens " + scope;
  if (spec.kind == Kind::gather) text += ", listens to " + scope + (spec.one_per_scope ? ", one item for each" : "");
  if (spec.kind == Kind::resource) text += " that stands for a \"" + spec.interface + "\"";
  if (spec.parallel) text += ", calls may overlap";
  if (spec.stateful) text += ", has state";
  return text;
}

}  // namespace

std::string list_text() {
  std::map<std::string, std::string> from;
  for (const auto& name : Registry::instance().names()) {
    const StageSpec& spec = *Registry::instance().lookup(name);
    from[spec.origin] += pad(name, 26) + " " + pad(std::string(kind_name(spec.kind)), 9) + " " +
                         (spec.problems.empty() ? spec.doc : "cannot be used: " + spec.problems.front()) + "\n";
  }
  std::string text = "built in\n" + from["built in"];
  from.erase("built in");
  for (const auto& [origin, lines] : from) text += "\n" + origin + "\n" + lines;
  return text;
}

std::string describe_text(const std::string& name) {
  const StageSpec& spec = Registry::instance().find(name);
  std::string text = spec.name + ": " + spec.doc + "\n" + kind_text(spec) + "; " + spec.origin + "\n";
  text += ports_text("inputs", spec.inputs) + ports_text("outputs", spec.outputs);
  if (!spec.resources.empty()) text += "\nresources\n";
  for (const auto& use : spec.resources)
    text += "  " + use.parameter + "  a \"" + use.interface + "\"" + (use.lease ? ", held alone for each item" : "") +
            (use.optional ? "  (optional)" : "") + "\n";
  if (!spec.parameters.empty()) text += "\nparameters\n";
  for (const auto& parameter : spec.parameters) text += parameter_text(parameter);
  if (!spec.example.empty()) text += "\nexample\n" + spec.example + (spec.example.ends_with("\n") ? "" : "\n");
  return text + arrays_text(spec);  // last: of records they are many lines
}

}  // namespace tivit::cli
