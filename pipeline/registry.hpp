#pragma once
// The names by which graphs find stages and resources.
#include <map>
#include <mutex>
#include <string>
#include <tivit/stage.hpp>
#include <vector>

namespace tivit {

class Registry {
 public:
  static Registry& instance();
  /// Adds a description; a second one of the same name is remembered as a problem of that name. Always true.
  bool add(StageSpec spec);
  /// Throws Error naming the nearest known name, or the contradictions in the contract.
  const StageSpec& find(const std::string& name) const;
  const StageSpec* lookup(const std::string& name) const;
  std::vector<std::string> names() const;  ///< sorted
  /// What `origin` is given to descriptions added from now on (a plugin's file while it loads).
  void set_origin(std::string origin);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, StageSpec> specs_;
  std::string origin_ = "built in";
};

}  // namespace tivit
