#pragma once
// The files of a new stage, made from the templates in new_stage/.
#include <filesystem>
#include <map>
#include <string>

namespace tivit::cli {

using Files = std::map<std::filesystem::path, std::string>;

class Template {
 public:
  Template(const std::string& use, const std::string& area, const std::string& name, const std::string& kind);

  /// Source, test, graph and array file in this project's tree, in the current directory.
  Files inside() const;
  /// What must change there: the areas' CMake files. Throws Error when one is not as expected.
  Files edited() const;
  /// A project of its own that builds a plugin.
  Files outside(const std::filesystem::path& folder) const;

 private:
  std::string part(const std::string& section) const;
  std::string test(const std::string& frame, const std::string& check) const;
  std::string filled(std::string text) const;
  std::string area_, name_, kind_;
  std::map<std::string, std::string> words_;
};

}  // namespace tivit::cli
