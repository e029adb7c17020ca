#include <tivit/text/variables.hpp>

#include <algorithm>
#include <cstdlib>

namespace tivit {
namespace {

/// Text inside text: a string without its quotes, anything else as TOML writes it.
std::string plain(const Value& value) {
  if (!value.typed.empty()) return value.typed;
  return value.string() ? *value.string() : value.text();
}

}  // namespace

void Variables::define(const std::string& name, Value value) { values_.try_emplace(name, std::move(value)); }

const Value* Variables::lookup(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::vector<std::string> Variables::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  return names;
}

Value Variables::fill(const Value& value) {
  if (value.string()) return fill_string(value);
  Value filled = value;
  if (auto* list = std::get_if<Value::List>(&filled.data)) {
    for (auto& one : *list) one = fill(one);
    if (std::any_of(list->begin(), list->end(), [](const Value& one) { return one.bad(); })) filled.data = std::monostate{};
  } else if (auto* table = std::get_if<Value::Table>(&filled.data)) {
    for (auto& entry : *table) entry.value = fill(entry.value);
  }
  return filled;
}

std::string Variables::fill_text(const Value& value) {
  const Value filled = fill(value);
  return filled.bad() ? "" : plain(filled);
}

Value Variables::fill_string(const Value& value) {
  const std::string& text = *value.string();
  Value filled = value;
  std::string out;
  std::size_t at = 0;
  for (std::size_t begin; (begin = text.find("${", at)) != std::string::npos;) {
    if (begin > at && text[begin - 1] == '$') {
      out += text.substr(at, begin - 1 - at) + "${";
      at = begin + 2;
      continue;
    }
    const std::size_t end = text.find('}', begin);
    if (end == std::string::npos) {
      mistakes_.add(value.origin, "\"" + text + "\" has \"${\" without \"}\"", "close it, or write \"$${\" where \"${\" itself is meant");
      filled.data = std::monostate{};
      return filled;
    }
    const std::string name = text.substr(begin + 2, end - begin - 2);
    Value part = name.starts_with("env:") ? environment(name.substr(4), value) : named(name, value);
    if (part.bad() || (begin == 0 && end + 1 == text.size())) {
      part.origin = value.origin;
      return part;
    }
    if (part.get<Value::List>() || part.get<Value::Table>()) {
      mistakes_.add(value.origin, "variable \"" + name + "\" is " + part.kind() + " and cannot stand inside a longer text",
                    "use it alone: \"${" + name + "}\"");
      filled.data = std::monostate{};
      return filled;
    }
    // With an empty folder, "${to}/notes.txt" would be a file of the file system's root.
    if (begin == 0 && plain(part).empty() && end + 1 < text.size() && text[end + 1] == '/') {
      mistakes_.add(value.origin, "variable \"" + name + "\" is empty, and \"" + text + "\" would be \"" + text.substr(end + 1) + "\"",
                    "give it a folder, such as \".\"");
      filled.data = std::monostate{};
      return filled;
    }
    filled.note = part.note;
    out += text.substr(at, begin - at) + plain(part);
    at = end + 1;
  }
  if (at == 0) return filled;
  filled.data = out + text.substr(at);
  filled.typed.clear();
  return filled;
}

Value Variables::named(const std::string& name, const Value& at) {
  const Value* found = lookup(name);
  Value bad;
  if (!found) {
    const bool unread = mistakes_.incomplete() && nearest_name(name, names()).empty();
    const std::string remedy = unread ? "define it under [vars], unless what could not be read does"
                                      : Mistakes::suggestion(name, names(), "define it under [vars]");
    mistakes_.add(at.origin, "there is no variable \"" + name + "\"", remedy);
    return bad;
  }
  used_.insert(name);
  if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
    mistakes_.add(found->origin, "variable \"" + name + "\" is defined by itself", "break the circle: " + quoted_list(open_));
    for (const auto& one : open_) values_[one].data = std::monostate{};  // told once
    return bad;
  }
  open_.push_back(name);
  Value value = fill(*found);
  open_.pop_back();
  value.note =
      "variable " + name + " (" + found->came_from() + (value.note.empty() || value.note == found->note ? "" : ", " + value.note) + ")";
  return value;
}

Value Variables::environment(const std::string& text, const Value& at) {
  const std::size_t otherwise = text.find(":-");
  const std::string name = text.substr(0, otherwise);
  if (const char* set = std::getenv(name.c_str()); set && (*set || otherwise == std::string::npos)) {
    Value value = value_of_text(set, at.origin);
    value.note = "environment " + name;
    return value;
  }
  if (otherwise == std::string::npos) {
    mistakes_.add(at.origin, "the environment has no " + name, "set it, or give a default: ${env:" + name + ":-value}");
    return {};
  }
  Value value = value_of_text(text.substr(otherwise + 2), at.origin);
  value.note = "default of environment " + name;
  return value;
}

}  // namespace tivit
