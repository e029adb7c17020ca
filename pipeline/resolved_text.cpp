#include <filesystem>
#include <tivit/plan_text.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

/// `${` of a finished value stands for itself.
std::string literal(const std::string& toml) {
  std::string out = toml;
  for (std::size_t at = 0; (at = out.find("${", at)) != std::string::npos; at += 3) out.insert(at, "$");
  return out;
}

class Writer {
 public:
  void section(const std::string& header, const std::string& from) {
    text_ += (text_.empty() ? "" : "\n") + header + (from.empty() ? "" : "  # " + from) + "\n";
  }
  void line(const std::string& key, const std::string& value, const std::string& from) {
    text_ += key + " = " + literal(value) + "  # " + from + "\n";
  }
  std::string text() { return std::move(text_); }

 private:
  std::string text_;
};

/// A dotted name, each part as a key.
std::string dotted(const std::string& name) {
  std::string out;
  for (std::size_t begin = 0;;) {
    const std::size_t dot = name.find('.', begin);
    out += (begin ? "." : "") + key_text(name.substr(begin, dot - begin));
    if (dot == std::string::npos) return out;
    begin = dot + 1;
  }
}

std::string path_list(const std::vector<std::filesystem::path>& paths) {
  std::string text;
  for (const auto& path : paths) text += (text.empty() ? "" : ", ") + quoted(path.string());
  return "[" + text + "]";
}

void settings(Writer& out, const Plan& plan, const GraphText& graph) {
  const auto from = [](const Value::Table& table, const char* key) {
    const Value* value = find(table, key);
    return value ? value->came_from() : std::string("default");
  };
  const auto run = [&](const char* key, const std::string& value) { out.line(key, value, from(graph.run, key)); };
  out.section("[run]", "");
  run("seed", std::to_string(plan.seed));
  run("epochs", std::to_string(plan.epochs));
  run("mode", plan.training ? "\"train\"" : "\"eval\"");
  run("memory", quoted(ByteCount{plan.memory_bytes}.text()));
  run("stalled_after", quoted(Duration{plan.stalled_after_s}.text()));
  run("device", quoted(plan.device));
  run("precision", quoted(plan.precision));
  run("directory", quoted(plan.directory.string()));
  run("name", quoted(plan.name));
  if (!plan.plugins.empty()) run("plugins", path_list(plan.plugins));
  if (const Value* rule = find(graph.run, "on_error")) out.line("on_error", rule->text(), rule->came_from());
  const auto runtime = [&](const char* key, int value) { out.line(key, std::to_string(value), from(graph.runtime, key)); };
  out.section("[runtime]", "");
  runtime("pipeline_threads", plan.threads.pipeline);
  runtime("intra_op_threads", plan.threads.intra_op);
  runtime("decode_threads", plan.threads.decode);
}

void part(Writer& out, const char* section, const PartText& text, const StageSpec& spec,
          const std::vector<std::pair<std::string, ParameterValue>>& values) {
  out.section("[" + std::string(section) + "." + key_text(text.name) + "]", text.origin.text());
  out.line("use", quoted(spec.name), text.use->came_from());
  if (text.in) out.line("in", text.in->text(), text.in->came_from());
  if (text.on_error) out.line("on_error", text.on_error->text(), text.on_error->came_from());
  if (text.concurrency) out.line("concurrency", text.concurrency->text(), text.concurrency->came_from());
  const auto given = [&](const std::string& name) -> const Value* {
    for (const auto& [key, origin, value] : text.parameters)
      if (key == name) return &value;
    return nullptr;
  };
  for (const auto& use : spec.resources)
    if (const Value* value = given(use.parameter)) out.line(dotted(use.parameter), value->text(), value->came_from());
  for (const auto& [name, value] : values) {
    const Value* source = given(name);
    out.line(dotted(name), value.text(), source ? source->came_from() : "default");
  }
}

}  // namespace

std::string resolved_text(const Plan& plan, const GraphText& graph) {
  Writer out;
  if (!plan.title.empty()) out.line("title", quoted(plan.title), graph.file);
  settings(out, plan, graph);
  for (const auto& text : graph.resources)
    for (const auto& resource : plan.resources)
      if (resource.name == text.name) part(out, "resources", text, *resource.spec, resource.parameters);
  for (const auto& text : graph.stages)
    for (const auto& stage : plan.stages)
      if (stage.name == text.name) part(out, "stages", text, *stage.spec, stage.parameters);
  for (const auto& after : graph.after) {
    out.section("[[after]]", after.origin.text());
    out.line("every", quoted(after.every), after.origin.text());
    out.line("run", quoted(std::filesystem::weakly_canonical(after.file).string()), after.run.came_from());
    std::string set;
    const auto list = [](const Value::List& values) {
      std::string text;
      for (const auto& one : values) text += (text.empty() ? "" : ", ") + one.text();
      return "[" + text + "]";
    };
    for (const auto& [key, value] : after.set) set += (set.empty() ? " " : ", ") + quoted(key) + " = " + value.text();
    out.line("share", list(after.share), after.origin.text());
    out.line("same", list(after.same), after.origin.text());
    out.line("set", "{" + set + (set.empty() ? "}" : " }"), after.origin.text());
  }
  return out.text();
}

}  // namespace tivit
