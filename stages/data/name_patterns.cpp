#include <fnmatch.h>

#include <algorithm>
#include <stages/data/folder.hpp>
#include <stages/data/name_patterns.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

std::regex expression_of(const std::string& pattern, std::size_t place) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (i == place)
      text += "(.+)", ++i;
    else if (c == '*')
      text += "[^/]*";
    else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '/' || (c & 0x80))
      text += c;
    else
      (text += '\\') += c;
  }
  return std::regex(text);
}

}  // namespace

NamePatterns::NamePatterns(std::vector<std::string> patterns, const std::string& parameter) : patterns_(std::move(patterns)) {
  for (const auto& pattern : patterns_) {
    const auto place = pattern.find("{}");
    if (place == std::string::npos || pattern.find("{}", place + 2) != std::string::npos)
      throw Error(parameter + " has the pattern " + quoted_list({pattern}),
                  "write {} once, where the recording's name stands: \"video_{}.0\"");
    expressions_.push_back(expression_of(pattern, place));
  }
  if (patterns_.empty()) throw Error(parameter + " is empty", "[\"{}\"] takes files by their own names");
}

std::optional<std::string> NamePatterns::name_of(const std::filesystem::path& path) const {
  const std::string whole = "/" + path.generic_string(), own = path.filename().string();
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    const bool by_path = patterns_[i].find('/') != std::string::npos;
    const std::string text = by_path ? (patterns_[i].starts_with('/') ? whole : whole.substr(1)) : own;
    if (std::smatch found; std::regex_match(text, found, expressions_[i])) return found[1].str();
  }
  return std::nullopt;
}

std::string NamePatterns::listed(const std::string& text, const std::vector<std::string>& extensions) const {
  const std::filesystem::path file(text);
  const auto name = has_extension(file, extensions) ? std::filesystem::path(file).replace_extension().string() : text;
  return name_of(name).value_or(name);
}

std::vector<std::string> NamePatterns::files_of(const std::string& name) const {
  std::vector<std::string> files;
  for (const auto& pattern : patterns_) {
    std::string file = pattern;
    file.replace(file.find("{}"), 2, name);
    files.push_back(file.starts_with('/') ? file.substr(1) : file);
  }
  return files;
}

std::string NamePatterns::text() const { return quoted_list(patterns_); }

bool matches(const std::string& text, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return fnmatch(pattern.c_str(), text.c_str(), 0) == 0; });
}

}  // namespace tivit::data
