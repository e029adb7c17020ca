#include <tivit/text/parts.hpp>

namespace tivit {
namespace {

void flatten(const Value::Table& table, const std::string& prefix, Value::Table& into) {
  for (const auto& entry : table) {
    if (const auto* inner = entry.value.get<Value::Table>())
      flatten(*inner, prefix + entry.key + ".", into);
    else
      into.push_back({prefix + entry.key, entry.origin, entry.value});
  }
}

void read_set(const Value::Table& table, AfterText& after) {
  Value::Table flat;
  flatten(table, "", flat);
  for (auto& entry : flat) after.set.emplace_back(entry.key, std::move(entry.value));
}

}  // namespace

void read_part(const Value::Entry& entry, const std::string& what, Variables& variables, Mistakes& mistakes, std::vector<PartText>& into) {
  const auto* table = entry.value.get<Value::Table>();
  if (!table) {
    if (!entry.value.bad())
      mistakes.add(entry.value.origin, what + " \"" + entry.key + "\" must be a table, not " + entry.value.kind(),
                   "write [" + what + "s." + entry.key + "]");
    PartText unread{.name = entry.key, .origin = entry.origin};
    unread.use = Value{};  // it is there, and what it is nobody knows
    into.push_back(std::move(unread));
    return;
  }
  if (entry.key.empty() || entry.key.find_first_of(". \"/") != std::string::npos || entry.key == "run" || entry.key == "runtime")
    mistakes.add(entry.origin, "\"" + entry.key + "\" cannot be the name of a " + what,
                 "use letters, digits, _ and -, and not \"run\" or \"runtime\"");
  PartText part;
  part.name = entry.key;
  part.origin = entry.origin;
  Value::Table parameters;
  for (const auto& [key, origin, raw] : *table) {
    Value value = variables.fill(raw);
    if (key == "use")
      part.use = std::move(value);
    else if (what == "stage" && key == "in")
      part.in = std::move(value);
    else if (what == "stage" && key == "on_error")
      part.on_error = std::move(value);
    else if (what == "stage" && key == "concurrency")
      part.concurrency = std::move(value);
    else
      parameters.push_back({key, origin, std::move(value)});
  }
  flatten(parameters, "", part.parameters);
  if (!part.use)
    mistakes.add(part.origin, what + " \"" + part.name + "\" does not say what it is",
                 "add use = \"area/name\"; `tivit-run list` shows all names");
  else if (!part.use->bad() && !part.use->string())
    mistakes.add(part.use->origin, "\"use\" must be a string, not " + part.use->kind(), "write use = \"area/name\""),
        part.use->data = std::monostate{};
  into.push_back(std::move(part));
}

void read_after(const Value& value, Variables& variables, Mistakes& mistakes, std::vector<AfterText>& into) {
  const auto* table = value.get<Value::Table>();
  if (value.bad()) return;
  if (!table) return mistakes.add(value.origin, "\"after\" must be a list of tables", "write [[after]]");
  AfterText after;
  after.origin = value.origin;
  std::vector<std::string> missing{"every", "run"};
  for (const auto& [key, origin, raw] : *table) {
    Value one = variables.fill(raw);
    std::erase(missing, key);
    if (one.bad()) {
      if (key == "share") after.share.push_back(one);  // something is shared
      continue;
    }
    if (key == "every" && one.string() && (*one.string() == "epoch" || *one.string() == "run" || *one.string() == "never"))
      after.every = *one.string();
    else if (key == "every")
      mistakes.add(one.origin, "\"every\" is \"epoch\", \"run\" or \"never\", not " + one.text(), "write for example every = \"run\"");
    else if (key == "run" && one.string()) {
      after.run = one;
      after.file = (std::filesystem::path(raw.origin.file).parent_path() / *one.string()).lexically_normal();
    } else if (key == "share" && one.get<Value::List>())
      after.share = *one.get<Value::List>();
    else if (key == "same" && one.get<Value::List>())
      after.same = *one.get<Value::List>();
    else if (key == "set" && one.get<Value::Table>())
      read_set(*one.get<Value::Table>(), after);
    else if (key == "run" || key == "share" || key == "same" || key == "set")
      mistakes.add(one.origin, "\"" + key + "\" cannot be " + one.kind(),
                   "write run = \"file.toml\", share = [\"resource\"], same = [\"stage\"], set = { \"stage.parameter\" = value }");
    else
      mistakes.add(origin, "[[after]] has no key \"" + key + "\"", Mistakes::suggestion(key, {"every", "run", "share", "same", "set"}, ""));
  }
  for (const auto& key : missing)
    mistakes.add(after.origin, "[[after]] lacks \"" + key + "\"", "write every = \"epoch\" and run = \"file.toml\"");
  if (after.every != "never") into.push_back(std::move(after));
}

}  // namespace tivit
