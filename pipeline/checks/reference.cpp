#include <tivit/checks/reference.hpp>
#include <tivit/registry.hpp>

namespace tivit::checks {
namespace {

/// Whether parts of this C++ type can be asked for by name, as far as any stage tells that takes or gives it.
bool has_parts(const std::string& kind) {
  for (const auto& name : Registry::instance().names()) {
    const StageSpec& spec = *Registry::instance().lookup(name);
    for (const auto* ports : {&spec.inputs, &spec.outputs})
      for (const auto& port : *ports)
        if (port.type.kind == kind && !port.parts) return false;
  }
  return true;
}

/// The type of a field, or of a group of fields (`targets` of `targets.onset`); nothing when the record has none of that name.
std::optional<PortType> field_type(const PortType& record, const std::string& name) {
  if (record.kind != "record") return has_parts(record.kind) ? std::optional(PortType{}) : std::nullopt;  // which ones: known at run time
  PortType group;
  group.kind = "record";
  group.open = record.open;
  for (const auto& field : record.fields) {
    if (field.name == name) return field.type;
    if (field.name.starts_with(name + ".")) group.fields.push_back({field.name.substr(name.size() + 1), field.type});
    if (name.starts_with(field.name + ".")) return field_type(field.type, name.substr(field.name.size() + 1));
  }
  if (!group.fields.empty()) return group;
  return record.open ? std::optional(PortType{}) : std::nullopt;
}

std::vector<std::string> output_names(const StageSpec& spec) {
  std::vector<std::string> names;
  for (const auto& port : spec.outputs) names.push_back(port.name);
  return names;
}

void tell_missing(const Connection& connection, const std::string& name, Draft& draft) {
  if (draft.resources.count(name))
    return draft.mistakes.add(connection.origin, "\"" + name + "\" is a resource; nothing flows out of it", "name a stage");
  if (draft.mistakes.incomplete()) return;  // the file that is missing would have brought it
  std::vector<std::string> known;
  for (const auto& stage : draft.stages)
    if (!stage.spec || !stage.spec->outputs.empty()) known.push_back(stage.text->name);
  draft.mistakes.add(connection.origin, "there is no stage \"" + name + "\" in this graph",
                     Mistakes::suggestion(name, known, "add [stages." + name + "]"));
}

}  // namespace

int must_have_source(const Connection& connection, Draft& draft) {
  const std::string name = connection.asked.substr(0, connection.asked.find('.'));
  const int producer = draft.find_stage(name);
  if (producer < 0) tell_missing(connection, name, draft);
  return producer;
}

void resolve_reference(Connection& connection, const std::string& consumer, Draft& draft) {
  const std::size_t dot = connection.asked.find('.');
  const std::string name = connection.asked.substr(0, dot);
  std::string rest = dot == std::string::npos ? "" : connection.asked.substr(dot + 1);
  const int producer = must_have_source(connection, draft);
  if (producer < 0) return;
  connection.input.producer = producer;
  const StageSpec* spec = draft.stages[producer].spec;
  if (!spec) return;
  if (spec->outputs.empty())
    return draft.mistakes.add(
        connection.origin,
        "\"" + name + "\" (" + spec->name + ") is a " + std::string(kind_name(spec->kind)) + " and gives nothing to \"" + consumer + "\"",
        "name a stage that has an output");
  const std::size_t second = rest.find('.');
  const std::string first = rest.substr(0, second);
  int output = -1;
  for (std::size_t i = 0; i < spec->outputs.size(); ++i)
    if (spec->outputs[i].name == first) output = static_cast<int>(i);
  if (output >= 0) {
    rest = second == std::string::npos ? "" : rest.substr(second + 1);
  } else if (spec->outputs.size() == 1) {
    output = 0;
  } else if (rest.empty()) {
    return draft.mistakes.add(connection.origin, "\"" + name + "\" (" + spec->name + ") has several outputs",
                              "say which: " + quoted_list(output_names(*spec)) + ", as in \"" + name + "." + spec->outputs[0].name + "\"");
  } else {
    return draft.mistakes.add(connection.origin, "\"" + name + "\" (" + spec->name + ") has no output \"" + first + "\"",
                              Mistakes::suggestion(first, output_names(*spec), ""));
  }
  const PortSpec& port = spec->outputs[output];
  connection.input.output = output;
  connection.input.field = rest;
  if (!rest.empty()) {
    const auto type = port.type.kind == "tensor" ? std::nullopt : field_type(port.type, rest);
    if (!type && port.type.kind != "record")
      return draft.mistakes.add(
          connection.origin, "\"" + name + "\" gives " + port.type.text() + ", which has no field \"" + rest + "\"",
          spec->outputs.size() == 1 ? "write \"" + name + "\" alone" : Mistakes::suggestion(first, output_names(*spec), ""));
    if (!type) {
      std::vector<std::string> fields;
      for (const auto& field : port.type.fields) fields.push_back(field.name);
      return draft.mistakes.add(connection.origin, "what \"" + name + "\" gives has no field \"" + rest + "\"",
                                Mistakes::suggestion(rest, fields, "it has none"));
    }
    connection.input.type = *type;
  } else {
    connection.input.type = port.type;
  }
  connection.understood = true;
}

}  // namespace tivit::checks
