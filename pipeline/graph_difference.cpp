#include <algorithm>
#include <map>
#include <tivit/graph_difference.hpp>
#include <tivit/text/toml_file.hpp>

namespace tivit {
namespace {

using Leaves = std::vector<std::pair<std::string, std::string>>;  // in the order of the text

void flatten(const Value& value, const std::string& name, Leaves& out) {
  const auto* list = value.get<Value::List>();
  if (const auto* table = value.get<Value::Table>()) {
    for (const auto& entry : *table) flatten(entry.value, (name.empty() ? "" : name + ".") + key_text(entry.key), out);
  } else if (list && !list->empty() && std::all_of(list->begin(), list->end(), [](const Value& v) { return v.get<Value::Table>(); })) {
    for (std::size_t i = 0; i < list->size(); ++i) flatten((*list)[i], name + "[" + std::to_string(i) + "]", out);
  } else {
    out.emplace_back(name, value.text());
  }
}

}  // namespace

std::vector<std::string> graph_differences(const std::string& before, const std::string& after) {
  Leaves old_leaves, new_leaves;
  flatten(parse_toml(before, "before"), "", old_leaves);
  flatten(parse_toml(after, "after"), "", new_leaves);
  std::map<std::string, std::string> now(new_leaves.begin(), new_leaves.end());
  std::vector<std::string> out;
  for (const auto& [name, value] : old_leaves) {
    const auto found = now.find(name);
    if (found == now.end()) {
      out.push_back(name + ": only before: " + value);
      continue;
    }
    if (found->second != value) out.push_back(name + ": " + value + " -> " + found->second);
    now.erase(found);
  }
  for (const auto& [name, value] : new_leaves)
    if (now.contains(name)) out.push_back(name + ": only after: " + value);
  return out;
}

}  // namespace tivit
