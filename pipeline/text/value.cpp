#include <tivit/text/value.hpp>

#include <algorithm>
#include <tivit/text/toml_file.hpp>
#include <tivit/text_format.hpp>

namespace tivit {

std::string Value::kind() const {
  static const char* const names[] = {"nothing", "a boolean", "an integer", "a number", "a string", "a list", "a table"};
  return names[data.index()];
}

std::string Value::text() const {
  if (const auto* text = string()) return quoted(*text);
  if (const auto* list = get<List>()) {
    std::string out;
    for (const auto& one : *list) out += (out.empty() ? "" : ", ") + one.text();
    return "[" + out + "]";
  }
  if (const auto* table = get<Table>()) {
    std::string out;
    for (const auto& entry : *table) out += (out.empty() ? "" : ", ") + key_text(entry.key) + " = " + entry.value.text();
    return out.empty() ? "{}" : "{ " + out + " }";
  }
  return parameter_value(*this).text();
}

std::string Value::came_from() const { return origin.text() + (note.empty() ? "" : ", " + note); }

const Value* find(const Value::Table& table, std::string_view key) {
  for (const auto& entry : table)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

Value::Entry* find_entry(Value::Table& table, std::string_view key) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.key == key; });
  return found == table.end() ? nullptr : &*found;
}

namespace {
void place(Value& value, const Origin& origin) {
  value.origin = origin;
  if (auto* list = std::get_if<Value::List>(&value.data))
    for (auto& one : *list) place(one, origin);
  if (auto* table = std::get_if<Value::Table>(&value.data))
    for (auto& entry : *table) entry.origin = origin, place(entry.value, origin);
}
}  // namespace

Value value_of_text(const std::string& text, Origin origin) {
  Value value;
  try {
    Mistakes meaningless;
    const Value parsed = parse_toml("value = " + text, "", meaningless);
    const auto& table = std::get<Value::Table>(parsed.data);
    if (table.size() == 1 && table[0].key == "value" && meaningless.none()) value = table[0].value;
  } catch (const Error&) {
    // Not TOML: a bare word, a path. It is taken as it stands, as a date is.
  }
  if (value.bad()) value.data = text;
  place(value, origin);
  value.typed = text;
  return value;
}

namespace {
ParameterValue convert(const Value& value, bool typed) {
  if (typed && !value.typed.empty() && !value.get<Value::List>() && !value.string()) return {value.typed};
  if (const auto* flag = value.get<bool>()) return {*flag};
  if (const auto* integer = value.get<std::int64_t>()) return {*integer};
  if (const auto* number = value.get<double>()) return {*number};
  if (const auto* text = value.string()) return {*text};
  if (const auto* list = value.get<Value::List>()) {
    ParameterValue::List out;
    for (const auto& one : *list) out.push_back(convert(one, typed));
    return {std::move(out)};
  }
  return {};
}
}  // namespace

ParameterValue parameter_value(const Value& value) { return convert(value, false); }
ParameterValue typed_value(const Value& value) { return convert(value, true); }

}  // namespace tivit
