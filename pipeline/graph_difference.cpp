#include <algorithm>
#include <map>
#include <sstream>
#include <tivit/graph_difference.hpp>
#include <tivit/text/toml_file.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

using Leaves = std::vector<std::pair<std::string, ResolvedValue>>;  // in the order of the text

/// The values of a resolved graph. Each stands in a line that ends in a comment: where it came from.
class Resolved {
 public:
  Resolved(const std::string& text, const std::string& name) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      const auto comment = line.rfind("  # ");
      from_.push_back(comment == line.npos ? "" : line.substr(comment + 4));
    }
    Mistakes mistakes;
    const Value values = parse_toml(text, name, mistakes);
    mistakes.raise();
    flatten(values, "");
  }
  Leaves leaves;

 private:
  void flatten(const Value& value, const std::string& name) {
    const auto* list = value.get<Value::List>();
    if (const auto* table = value.get<Value::Table>()) {
      for (const auto& entry : *table) flatten(entry.value, (name.empty() ? "" : name + ".") + key_text(entry.key));
    } else if (list && !list->empty() && std::all_of(list->begin(), list->end(), [](const Value& v) { return v.get<Value::Table>(); })) {
      for (std::size_t i = 0; i < list->size(); ++i) flatten((*list)[i], name + "[" + std::to_string(i) + "]");
    } else {
      const auto line = static_cast<std::size_t>(std::max(1, value.origin.line)) - 1;
      leaves.push_back({name, {value.text(), line < from_.size() ? from_[line] : ""}});
    }
  }

  std::vector<std::string> from_;  // by line
};

}  // namespace

std::string GraphDifference::text() const {
  if (before && after) return name + ": " + before->text + " -> " + after->text;
  return name + (before ? ": only before: " + before->text : ": only after: " + after->text);
}

std::vector<GraphDifference> graph_differences(const std::string& before, const std::string& after, const std::string& before_name) {
  const Resolved was(before, before_name), is(after, "after");
  std::map<std::string, ResolvedValue> now(is.leaves.begin(), is.leaves.end());
  std::vector<GraphDifference> out;
  for (const auto& [name, value] : was.leaves) {
    const auto found = now.find(name);
    if (found == now.end()) {
      out.push_back({name, value, {}});
      continue;
    }
    if (found->second.text != value.text) out.push_back({name, value, found->second});
    now.erase(found);
  }
  for (const auto& [name, value] : is.leaves)
    if (now.contains(name)) out.push_back({name, {}, value});
  return out;
}

}  // namespace tivit
