#include <tivit/text/arguments.hpp>

#include <algorithm>
#include <tivit/missing_path.hpp>

namespace tivit {
namespace {

const std::vector<std::string> keys{"positional", "many", "path", "sets", "doc", "default", "required"};

bool flag(const Value& value, const std::string& key, Mistakes& mistakes) {
  if (const auto* set = value.get<bool>()) return *set;
  if (!value.bad()) mistakes.add(value.origin, "\"" + key + "\" is true or false, not " + value.text(), "write " + key + " = true");
  return false;
}

/// `example` is what it could be.
std::string text(const Value& value, const std::string& key, const std::string& example, Mistakes& mistakes) {
  if (value.string()) return *value.string();
  if (!value.bad())
    mistakes.add(value.origin, "\"" + key + "\" must be a string, not " + value.kind(), "write " + key + " = \"" + example + "\"");
  return "";
}

}  // namespace

std::optional<ArgumentText> read_argument(const Value::Entry& entry, Mistakes& mistakes) {
  const auto* table = entry.value.get<Value::Table>();
  if (!table) {
    if (!entry.value.bad())
      mistakes.add(entry.value.origin, "argument \"" + entry.key + "\" must be a table, not " + entry.value.kind(),
                   "write " + entry.key + " = { sets = \"stage.parameter\", doc = \"…\" }");
    return std::nullopt;
  }
  // The options of `tivit-run GRAPH`, which every graph has; a test holds this list against the program's.
  static const std::vector<std::string> taken{"set", "plugin", "run-dir", "resume", "resume-anyway", "check", "resolve",
                                              "dot", "record", "trace",   "quiet",  "help",          "h",     "version"};
  const bool odd = entry.key.empty() || entry.key[0] == '-' || entry.key.find_first_of(" .=,\"") != std::string::npos;
  if (odd || std::find(taken.begin(), taken.end(), entry.key) != taken.end()) {
    mistakes.add(entry.origin, "\"" + entry.key + "\" cannot be the name of an argument",
                 odd ? "use letters, digits, _ and -" : "every graph has an option of that name");
    return std::nullopt;
  }
  const std::string target = "stage.parameter";
  ArgumentText argument;
  argument.name = entry.key;
  argument.origin = entry.origin;
  for (const auto& [key, origin, value] : *table) {
    if (key == "positional")
      argument.positional = flag(value, key, mistakes);
    else if (key == "many")
      argument.many = flag(value, key, mistakes);
    else if (key == "required")
      argument.required = flag(value, key, mistakes);
    else if (key == "doc")
      argument.doc = text(value, key, "what it is for", mistakes);
    else if (key == "default")
      argument.fallback = value;
    else if (key == "path") {
      argument.path_rule = text(value, key, "exists", mistakes);
      if (!argument.path_rule.empty() && argument.path_rule != "exists")
        mistakes.add(value.origin, "\"path\" can only be \"exists\", not \"" + argument.path_rule + "\"",
                     "leave it out where the path need not exist");
    } else if (key == "sets" && value.get<Value::List>()) {
      for (const auto& one : *value.get<Value::List>()) argument.sets.push_back(text(one, key, target, mistakes));
    } else if (key == "sets") {
      argument.sets.push_back(text(value, key, target, mistakes));
      if (value.string() && value.string()->empty())
        mistakes.add(value.origin, "\"sets\" names nothing", "write sets = \"" + target + "\", or leave it out");
    } else {
      mistakes.add(origin, "an argument has no key \"" + key + "\"", Mistakes::suggestion(key, keys, ""));
    }
  }
  if (argument.fallback && argument.required)
    mistakes.add(argument.origin, "argument \"" + argument.name + "\" is required and has a default", "keep one of the two");
  return argument;
}

namespace {

/// Adds a mistake for every path that is not there, with `remedy` where that is not empty; whether all are.
bool all_exist(const std::vector<std::string>& paths, const Origin& origin, const std::string& prefix, const std::string& remedy,
               Mistakes& mistakes) {
  bool there = true;
  for (const auto& path : paths) {
    const bool variable = path.find("${") != std::string::npos;  // known only later, and then to the stage
    const auto error = variable ? std::nullopt : missing_path(path);
    if (!error) continue;
    there = false;
    mistakes.add(origin, prefix + error->problem(), remedy.empty() ? error->remedy() : remedy);
  }
  return there;
}

/// Adds one word of an argument that takes many: numbers may stand in it with commas, as "102,40,1180,44".
void append_word(const std::string& text, const Origin& origin, Value::List& values) {
  if (text.find(',') != std::string::npos) {
    const Value several = value_of_text("[" + text + "]", origin);
    const auto* list = several.get<Value::List>();
    const auto number = [](const Value& value) { return value.get<double>() || value.get<std::int64_t>(); };
    if (list && std::all_of(list->begin(), list->end(), number)) {
      values.insert(values.end(), list->begin(), list->end());
      return;
    }
  }
  values.push_back(value_of_text(text, origin));
}

std::vector<std::string> texts(const Value& value) {
  std::vector<std::string> all;
  if (const auto* list = value.get<Value::List>())
    for (const auto& one : *list) all.push_back(one.string() ? *one.string() : one.text());
  else
    all.push_back(value.string() ? *value.string() : value.text());
  return all;
}

}  // namespace

std::optional<Value> argument_value(const ArgumentText& argument, const GraphRequest& request, bool unused, Mistakes& mistakes) {
  const bool must_exist = argument.path_rule == "exists" && request.files_must_exist;
  const auto given = request.arguments.find(argument.name);
  if (given == request.arguments.end() || given->second.empty()) {
    if (!argument.fallback || argument.fallback->bad()) return argument.fallback;
    Value value = *argument.fallback;
    value.note = "default of argument " + argument.name;
    const std::string wanted = "give --" + argument.name + (argument.doc.empty() ? "" : ": " + argument.doc);
    if (must_exist && !unused &&
        !all_exist(texts(value), value.origin, "default of argument \"" + argument.name + "\": ", wanted, mistakes))
      return Value{};  // what it sets is known to be wrong: no second mistake
    return value;
  }
  const Origin origin{"argument " + argument.name};
  if (must_exist && !all_exist(given->second, origin, "", "", mistakes)) return Value{};
  if (!argument.many) return value_of_text(given->second.back(), origin);
  Value list;
  list.origin = origin;
  Value::List values;
  for (const auto& one : given->second) append_word(one, origin, values);
  list.data = std::move(values);
  return list;
}

}  // namespace tivit
