#include <tivit/cli/inspect.hpp>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <tivit/cli/subcommand.hpp>
#include <tivit/error.hpp>
#include <tivit/inspector.hpp>
#include <tivit/run_program.hpp>

namespace tivit::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string scalar(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_number_float()) return value.dump();
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value.get<double>());
  return text;
}

/// Characters, not bytes, of UTF-8 text.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string list(const Json& values) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& value : values) {
    if (++shown > 16) return text + ", … (" + std::to_string(values.size()) + ")";
    text += (text.empty() ? "" : ", ") + (value.is_structured() ? value.dump() : scalar(value));
  }
  return text.empty() ? "-" : text;
}

void print_table(const Json& rows, const std::string& indent) {
  std::vector<std::vector<std::string>> lines(1);
  for (const auto& row : rows)
    for (const auto& [key, value] : row.items())
      if (std::find(lines[0].begin(), lines[0].end(), key) == lines[0].end()) lines[0].push_back(key);
  for (const auto& row : rows) {
    auto& line = lines.emplace_back();
    for (const auto& column : lines[0]) {
      const auto found = row.find(column);
      line.push_back(found == row.end() ? "" : found->is_array() ? list(*found) : found->is_object() ? found->dump() : scalar(*found));
    }
  }
  std::vector<std::size_t> widths(lines[0].size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  for (const auto& line : lines) {
    std::string text = indent;
    for (std::size_t i = 0; i < line.size(); ++i) text += line[i] + std::string(widths[i] - width_of(line[i]) + 2, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    std::cout << text << "\n";
  }
}

void print(const Json& object, const std::string& indent) {
  std::size_t width = 0;
  for (const auto& [key, value] : object.items()) width = std::max(width, key.size());
  for (const auto& [key, value] : object.items()) {
    const std::string padding(width - key.size() + 2, ' ');
    const bool table =
        value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), [](const auto& row) { return row.is_object(); });
    if (table || (value.is_object() && !value.empty())) {
      std::cout << indent << key << (table ? " (" + std::to_string(value.size()) + ")" : "") << "\n";
      table ? print_table(value, indent + "  ") : print(value, indent + "  ");
    } else if (value.is_array() && !value.empty() && value[0].is_string()) {
      for (const auto& line : value)
        std::cout << indent << (&line == &value[0] ? key : std::string(key.size(), ' ')) << padding << scalar(line) << "\n";
    } else {
      std::cout << indent << key << padding << (value.is_structured() ? list(value) : scalar(value)) << "\n";
    }
  }
}

}  // namespace

int inspect(const std::vector<std::string>& words) {
  bool as_json = false;
  std::vector<std::string> files;
  std::string kinds;
  for (const auto& inspector : inspectors()) kinds += "\n  " + inspector.kind + ": " + inspector.doc;
  Subcommand command("inspect", "What is in files. It knows" + kinds, {"FILE... [--json]"});
  command.words(files);
  command.flag("--json", as_json, "as JSON");
  if (!command.read(words)) return exit_ok;
  if (files.empty()) throw Error("no file was given", command.remedy(), "command line");
  Json all = Json::array();
  int code = exit_ok;
  for (const auto& file : files) try {
      const auto one = Json::parse(inspect_file(file));
      if (!as_json) (all.empty() ? std::cout : std::cout << "\n"), print(one, "");
      all.push_back(one);
    } catch (const std::runtime_error& error) {  // an Error or Errors: one bad file costs none of the others
      std::cerr << error.what() << "\n";
      code = exit_wrong_input;
    }
  if (as_json && !all.empty()) std::cout << (files.size() == 1 ? all[0] : all).dump(2) << "\n";
  return code;
}

}  // namespace tivit::cli
