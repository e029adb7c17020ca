#include <algorithm>
#include <tivit/checks/draft.hpp>
#include <tivit/checks/symbols.hpp>

namespace tivit::checks {
namespace {

/// Lays the type a producer gives on the type a port takes.
class Matcher {
 public:
  Matcher(ShapeSymbols& symbols, int producer, int consumer, std::string edge)
      : symbols_(symbols), producer_(producer), consumer_(consumer), edge_(std::move(edge)) {}

  /// An explanation when what is given can never fit what is taken.
  std::optional<std::string> match(const PortType& given, const PortType& taken) {
    if (given.kind == "any" || taken.kind == "any") return std::nullopt;
    if (given.kind != taken.kind) return given.kind + " is not " + taken.kind;
    if (given.kind == "record") return record(given, taken);
    if (given.kind != "tensor") return std::nullopt;
    const auto fits = [&](const std::string& name) {
      return std::find(taken.dtypes.begin(), taken.dtypes.end(), name) != taken.dtypes.end();
    };
    if (!given.dtypes.empty() && !taken.dtypes.empty() && std::none_of(given.dtypes.begin(), given.dtypes.end(), fits))
      return "element type " + joined(given.dtypes) + " is not " + joined(taken.dtypes);
    return given.shape && taken.shape ? shape(*given.shape, *taken.shape) : std::nullopt;
  }

 private:
  static std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : "|") + name;
    return text;
  }
  std::optional<std::string> shape(const std::vector<Dim>& given, const std::vector<Dim>& taken) {
    if (given.size() != taken.size()) return std::to_string(given.size()) + " axes are not " + std::to_string(taken.size());
    for (std::size_t i = 0; i < given.size(); ++i)
      if (auto problem = symbols_.join(producer_, given[i], consumer_, taken[i], edge_))
        return "axis " + std::to_string(i) + " is " + *problem;
    return std::nullopt;
  }
  static const PortType* named(const PortType& record, const std::string& name) {
    for (const auto& field : record.fields)
      if (field.name == name) return &field.type;
    return nullptr;
  }
  std::optional<std::string> record(const PortType& given, const PortType& taken) {
    for (const auto& field : taken.fields) {
      const auto grouped = [&](const PortType::Field& one) { return one.name.starts_with(field.name + "."); };
      if (const auto* own = named(given, field.name)) {
        if (auto problem = match(*own, field.type)) return "field \"" + field.name + "\": " + *problem;
      } else if (!given.open && std::none_of(given.fields.begin(), given.fields.end(), grouped)) {
        return "field \"" + field.name + "\" is missing";
      }
    }
    if (taken.open) return std::nullopt;
    for (const auto& field : given.fields) {
      const auto covers = [&](const PortType::Field& one) { return field.name == one.name || field.name.starts_with(one.name + "."); };
      if (std::none_of(taken.fields.begin(), taken.fields.end(), covers)) return "field \"" + field.name + "\" is one too many";
    }
    return std::nullopt;
  }

  ShapeSymbols& symbols_;
  int producer_, consumer_;
  std::string edge_;
};

PortType resolved(ShapeSymbols& symbols, int producer, PortType given, int consumer, const PortType& taken) {
  if (given.kind == "any") {
    given = taken;
    producer = consumer;
  }
  if (given.kind == "tensor" && !given.shape && taken.kind == "tensor" && taken.shape) {
    given.shape.emplace();
    for (const auto& dim : *taken.shape) given.shape->push_back(symbols.resolved(consumer, dim));
  } else if (given.shape) {
    for (auto& dim : *given.shape) dim = symbols.resolved(producer, dim);
  }
  if (given.kind == "tensor" && given.dtypes.empty() && taken.kind == "tensor") given.dtypes = taken.dtypes;
  for (auto& field : given.fields) {
    const PortType* own = nullptr;
    for (const auto& one : taken.fields)
      if (one.name == field.name) own = &one.type;
    field.type = resolved(symbols, producer, field.type, consumer, own ? *own : PortType{});
  }
  return given;
}

}  // namespace

void check_types(Draft& draft) {
  ShapeSymbols symbols;
  // What an expand or a gather emits need not be as long as what it takes: its output symbols are its own.
  const int count = static_cast<int>(draft.stages.size());
  const auto outlet = [&](int stage) {
    const StageSpec* spec = draft.stages[stage].spec;
    return spec && (spec->kind == Kind::expand || spec->kind == Kind::gather) ? stage + count : stage;
  };
  for (std::size_t i = 0; i < draft.stages.size(); ++i)
    for (const auto& [name, value] : draft.stages[i].plan.parameters) {
      const ParameterSpec& parameter = *draft.stages[i].spec->parameter(name);
      const auto* number = std::get_if<std::int64_t>(&value.value);
      const auto size = number ? std::optional(*number) : parameter.size_for(value);
      for (const int side : {static_cast<int>(i), outlet(static_cast<int>(i))})
        if (size) symbols.know(side, number ? name : parameter.symbol, *size, "parameter " + name + " of " + draft.stages[i].text->name);
    }

  std::vector<std::pair<std::size_t, std::function<void(const std::string&)>>> ends;  // after so many joins, whose they were
  for (std::size_t i = 0; i < draft.stages.size(); ++i)
    for (const auto& connection : draft.stages[i].connections) {
      if (!connection.understood) continue;
      const auto& stage = draft.stages[i];
      const PortType& taken = stage.spec->inputs[connection.port].type;
      const std::string edge = connection.asked + " -> " + stage.text->name + "." + connection.input.port;
      const auto report = [&draft, &connection, &stage, &taken](const std::string& problem) {
        draft.mistakes.add(connection.origin,
                           "\"" + connection.asked + "\" gives " + connection.input.type.text() + ", input \"" + connection.input.port +
                               "\" of \"" + stage.text->name + "\" takes " + taken.text() + ": " + problem,
                           "put a stage between that converts, or connect another output");
      };
      if (auto problem = Matcher(symbols, outlet(connection.input.producer), static_cast<int>(i), edge).match(connection.input.type, taken))
        report(*problem);
      ends.emplace_back(symbols.joins(), report);
    }
  for (const auto& [join, problem] : symbols.rest()) {
    const auto end = std::find_if(ends.begin(), ends.end(), [&, at = join](const auto& one) { return at < one.first; });
    if (end != ends.end()) end->second("a size is " + problem);
  }
  for (std::size_t i = 0; i < draft.stages.size(); ++i)
    for (auto& connection : draft.stages[i].connections)
      if (connection.understood)
        connection.input.type = resolved(symbols, outlet(connection.input.producer), connection.input.type, static_cast<int>(i),
                                         draft.stages[i].spec->inputs[connection.port].type);
}

}  // namespace tivit::checks
