#pragma once
// Reads a graph's file and all it includes, and lays them over each other.
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tivit/graph_text.hpp>
#include <tivit/text/variables.hpp>
#include <vector>

namespace tivit {

struct LoadedText {
  Value title;
  std::map<std::string, Value::Table> sections;  ///< vars, run, runtime, stages, resources, args
  std::vector<Value> after;
  std::vector<std::string> files;
};

/// The keys that a graph's file may have at its top.
const std::vector<std::string>& graph_keys();

class Loader {
 public:
  Loader(Variables& variables, Mistakes& mistakes) : variables_(variables), mistakes_(mistakes) {}
  /// Throws Error for a file that is no TOML or that is not there.
  LoadedText load(const std::filesystem::path& file);
  /// Called with `[args]` of every file before its includes are looked for: arguments may set variables that name them.
  std::function<void(const Value::Table&)> on_arguments;

 private:
  void load_includes(const Value& list, const std::filesystem::path& file, LoadedText& into);
  void load_include(const Value& path, const std::filesystem::path& file, LoadedText& into);
  const Value::Table* section(const std::string& name, const Value& value);
  void add_beside(LoadedText& into, LoadedText included);

  Variables& variables_;
  Mistakes& mistakes_;
  std::vector<std::filesystem::path> open_;
  std::set<std::filesystem::path> loaded_;
};

}  // namespace tivit
