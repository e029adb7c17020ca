#include <tivit/text/overrides.hpp>

#include <algorithm>

namespace tivit {
namespace {

/// Sets `a.b.c` in nested tables. A table standing at `a` is entered, anything else is replaced.
void assign(Value::Table& table, const std::string& dotted, const Override& change) {
  const std::size_t dot = dotted.find('.');
  const std::string key = dotted.substr(0, dot);
  Value::Entry* found = find_entry(table, key);
  if (!found) found = &table.emplace_back(Value::Entry{key, change.origin, {}});
  if (dot == std::string::npos) {
    found->origin = change.origin;
    found->value = change.value;
    return;
  }
  if (!found->value.get<Value::Table>()) found->value.data = Value::Table{}, found->value.origin = change.origin;
  assign(std::get<Value::Table>(found->value.data), dotted.substr(dot + 1), change);
}

}  // namespace

bool names_variable(const std::string& key) { return key.find('.') == std::string::npos; }

void apply_override(const Override& change, LoadedText& text, Mistakes& mistakes) {
  const std::size_t dot = change.key.find('.');
  const std::string part = change.key.substr(0, dot), rest = change.key.substr(dot + 1);
  if (part == "run" || part == "runtime") return assign(text.sections[part], rest, change);
  std::vector<std::string> known{"run", "runtime"};
  for (const char* section : {"stages", "resources"}) {
    for (auto& one : text.sections[section]) {
      known.push_back(one.key);
      if (one.key != part) continue;
      if (auto* table = std::get_if<Value::Table>(&one.value.data)) assign(*table, rest, change);
      return;  // what is no table was told
    }
  }
  mistakes.unknown(change.origin, "there is no stage or resource \"" + part + "\" to set \"" + rest + "\" of", part, known, "");
}

}  // namespace tivit
