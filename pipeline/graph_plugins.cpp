#include <tivit/graph_plugins.hpp>

#include <tivit/plugin.hpp>

namespace tivit {

std::vector<std::filesystem::path> load_graph_plugins(const GraphText& graph, Mistakes& mistakes) {
  std::vector<std::filesystem::path> loaded;
  const Value* value = find(graph.run, "plugins");
  if (!value || value->bad()) return loaded;
  const auto* list = value->get<Value::List>();
  const std::string remedy = "write for example plugins = [\"folder\"]";
  if (!list) mistakes.add(value->origin, "[run] plugins: it must be a list of files and folders, not " + value->kind(), remedy);
  for (const auto& one : list ? *list : Value::List{}) {
    if (one.bad()) continue;
    const auto* text = one.string();
    if (!text) {
      mistakes.add(one.origin, "[run] plugins lists files and folders, not " + one.kind(), remedy);
      continue;
    }
    if (text->empty()) {
      mistakes.add(one.origin, "[run] plugins: an empty text names no file", "give a .so file or a folder, or leave it out");
      continue;
    }
    const auto base = one.origin.line > 0 ? std::filesystem::path(one.origin.file).parent_path() : std::filesystem::path();
    try {
      const auto path = std::filesystem::absolute(base / *text).lexically_normal();
      load_plugins(path);
      loaded.push_back(path);
    } catch (const std::exception& error) {
      const auto* known = dynamic_cast<const Error*>(&error);
      mistakes.add(one.origin, known ? *known : Error(error.what()), "[run] plugins: ");
    }
  }
  return loaded;
}

}  // namespace tivit
