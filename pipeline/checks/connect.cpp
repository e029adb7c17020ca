#include <algorithm>
#include <tivit/checks/reference.hpp>

namespace tivit::checks {
namespace {

/// What is meant for a stage or a port that nobody knows must come from somewhere all the same.
void look_for_sources(const Value& in, Draft& draft) {
  if (const auto* text = in.string()) {
    Connection connection;
    connection.asked = text->ends_with(".*") ? text->substr(0, text->size() - 2) : *text;
    connection.origin = in.origin;
    must_have_source(connection, draft);
  } else if (const auto* list = in.get<Value::List>()) {
    for (const auto& one : *list) look_for_sources(one, draft);
  } else if (const auto* table = in.get<Value::Table>()) {
    for (const auto& entry : *table) look_for_sources(entry.value, draft);
  }
}

/// Reads the `in` of one stage. The text gives it as a name, a list in the order of the ports, or a table by port.
class Inlet {
 public:
  Inlet(DraftStage& stage, Draft& draft) : stage_(stage), draft_(draft), spec_(*stage.spec), name_(stage.text->name) {}

  void read() {
    const auto& in = stage_.text->in;
    if (spec_.kind == Kind::source) {
      if (in) draft_.mistakes.add(in->origin, "\"" + name_ + "\" (" + spec_.name + ") is a source and takes no input", "take \"in\" away");
      return;
    }
    stage_.ports_known = false;
    if (in && in->bad()) return;
    if (in && in->string())
      alone(*in);
    else if (in && in->get<Value::List>())
      in_order(*in);
    else if (in && in->get<Value::Table>())
      by_name("", *in->get<Value::Table>());
    else if (in)
      return draft_.mistakes.add(in->origin, "\"in\" cannot be " + in->kind(), "write in = \"stage\", or in = { port = \"stage\" }");
    stage_.ports_known = !failed_;
    if (!failed_) missing();
  }

 private:
  int port(const std::string& name) const {
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
      if (spec_.inputs[i].name == name && !spec_.inputs[i].many) return static_cast<int>(i);
    return -1;
  }
  int many() const {
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
      if (spec_.inputs[i].many) return static_cast<int>(i);
    return -1;
  }
  std::vector<std::string> port_names() const {
    std::vector<std::string> names;
    for (const auto& one : spec_.inputs) names.push_back(one.name);
    return names;
  }
  void join(int port, const std::string& name, const Value& value) {
    if (value.bad()) return remember(port, name, value);
    if (!value.string()) {
      failed_ = true;
      return draft_.mistakes.add(value.origin, "input \"" + name + "\" of \"" + name_ + "\" cannot be " + value.kind(),
                                 "write the name of a stage, as in " + name + " = \"stage.port\"");
    }
    for (const auto& other : stage_.connections)
      if (other.input.port == name)
        return draft_.mistakes.add(
            value.origin,
            "input \"" + name + "\" of \"" + name_ + "\" has two producers: \"" + other.asked + "\" and \"" + *value.string() + "\"",
            "keep one of them");
    remember(port, name, value);
    resolve_reference(stage_.connections.back(), name_, draft_);
  }
  void remember(int port, const std::string& name, const Value& value) {
    Connection connection;
    connection.port = port;
    connection.input.port = name;
    connection.asked = value.string() ? *value.string() : "";
    connection.origin = value.origin;
    stage_.connections.push_back(std::move(connection));
  }
  /// How a port that stands for many calls an input that the text does not name.
  static std::string own_name(const std::string& asked) { return asked.substr(asked.rfind('.') + 1); }

  /// `in = "arrays.*"`: every port that must be connected, from the producer's output or field of the port's own name. A port
  /// that stands for many takes all outputs of the producer, under their names. Where only the items tell what they hold (the arrays
  /// of a file), an optional port takes what is there.
  void every(const Value& value) {
    const std::string base = value.string()->substr(0, value.string()->size() - 2);
    const auto from = [&](const std::string& name) {
      Value one = value;
      one.data = base + "." + name;
      return one;
    };
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i) {
      const auto& input = spec_.inputs[i];
      const int producer = draft_.find_stage(base);
      if (!input.many) {
        if (input.optional && !parts_unknown(producer)) continue;
        join(static_cast<int>(i), input.name, from(input.name));
        continue;
      }
      if (producer < 0 || !draft_.stages[producer].spec || draft_.stages[producer].spec->outputs.empty()) {
        Value one = value;
        one.data = base;
        join(static_cast<int>(i), base, one);
        continue;
      }
      for (const auto& output : draft_.stages[producer].spec->outputs) join(static_cast<int>(i), output.name, from(output.name));
    }
  }

  /// Whether the producer's only output is of a C++ type of its author's: what parts it has, its values tell.
  bool parts_unknown(int producer) const {
    const StageSpec* from = producer < 0 ? nullptr : draft_.stages[producer].spec;
    return from && from->outputs.size() == 1 && from->outputs[0].type.kind != "tensor" && from->outputs[0].type.kind != "record";
  }

  void alone(const Value& value) {
    if (value.string()->ends_with(".*")) return every(value);
    int required = 0;
    for (const auto& one : spec_.inputs) required += !one.optional;
    if (spec_.inputs.size() > 1 && required > 1) {
      failed_ = true;
      return draft_.mistakes.add(value.origin, "\"" + name_ + "\" (" + spec_.name + ") has several inputs: " + quoted_list(port_names()),
                                 "say which: in = { " + spec_.inputs[0].name + " = " + value.text() + ", … }");
    }
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i)
      if (!spec_.inputs[i].optional || spec_.inputs.size() == 1)
        return join(static_cast<int>(i), spec_.inputs[i].many ? own_name(*value.string()) : spec_.inputs[i].name, value);
    join(0, spec_.inputs[0].many ? own_name(*value.string()) : spec_.inputs[0].name, value);
  }
  void in_order(const Value& list) {
    std::size_t at = 0;
    for (const auto& one : *list.get<Value::List>()) {
      if (at == spec_.inputs.size()) {
        failed_ = true;
        return draft_.mistakes.add(one.origin, "\"" + name_ + "\" (" + spec_.name + ") has no input beyond " + quoted_list(port_names()),
                                   "take the rest of the list away");
      }
      const bool many = spec_.inputs[at].many;
      join(static_cast<int>(at), many && one.string() ? own_name(*one.string()) : spec_.inputs[at].name, one);
      at += !many;
    }
  }
  void by_name(const std::string& prefix, const Value::Table& table) {
    for (const auto& [key, origin, value] : table) {
      const std::string name = prefix + key;
      if (const auto* inner = value.get<Value::Table>()) {
        by_name(name + ".", *inner);
      } else if (const int own = port(name); own >= 0) {
        if (const auto* list = value.get<Value::List>())
          for (const auto& one : *list) join(own, name, one);
        else
          join(own, name, value);
      } else if (many() >= 0 && value.get<Value::List>() && name == spec_.inputs[many()].name) {
        for (const auto& one : *value.get<Value::List>()) join(many(), one.string() ? own_name(*one.string()) : name, one);
      } else if (many() >= 0) {
        join(many(), name, value);
      } else {
        failed_ = true;
        draft_.mistakes.add(origin, "\"" + name_ + "\" (" + spec_.name + ") has no input \"" + name + "\"",
                            Mistakes::suggestion(name, port_names(), "it has none"));
        look_for_sources(value, draft_);
      }
    }
  }
  void missing() {
    for (std::size_t i = 0; i < spec_.inputs.size(); ++i) {
      bool joined = spec_.inputs[i].optional;
      for (const auto& connection : stage_.connections) joined = joined || connection.port == i;
      if (!joined)
        draft_.mistakes.add(stage_.text->in ? stage_.text->in->origin : stage_.text->origin,
                            "stage \"" + name_ + "\" (" + spec_.name + ") lacks its input \"" + spec_.inputs[i].name + "\" (" +
                                spec_.inputs[i].type.text() + ")",
                            spec_.inputs.size() == 1 ? "add in = \"stage\"" : "add in = { " + spec_.inputs[i].name + " = \"stage\" }");
    }
  }

  DraftStage& stage_;
  Draft& draft_;
  const StageSpec& spec_;
  const std::string& name_;
  bool failed_ = false;  ///< something was meant for a port that is unknown: a missing input is no second mistake
};

}  // namespace

void connect(Draft& draft) {
  for (auto& stage : draft.stages) {
    if (stage.spec)
      Inlet(stage, draft).read();
    else if (stage.text->in)
      look_for_sources(*stage.text->in, draft);
    std::stable_sort(stage.connections.begin(), stage.connections.end(), [](const auto& a, const auto& b) { return a.port < b.port; });
  }
}

}  // namespace tivit::checks
