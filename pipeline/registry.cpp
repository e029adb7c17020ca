#include <tivit/registry.hpp>

#include <tivit/detail/registered_twice.hpp>
#include <tivit/error.hpp>

namespace tivit {

Registry& Registry::instance() {
  static Registry registry;
  return registry;
}

bool Registry::add(StageSpec spec) {
  const std::lock_guard lock(mutex_);
  spec.origin = origin_;
  const auto [at, added] = specs_.try_emplace(spec.name, spec);
  if (!added) at->second.problems.push_back(registered_twice(at->second.origin, spec.origin));
  return true;
}

const StageSpec* Registry::lookup(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = specs_.find(name);
  return found == specs_.end() ? nullptr : &found->second;
}

const StageSpec& Registry::find(const std::string& name) const {
  const StageSpec* spec = lookup(name);
  if (!spec) {
    const std::string near = nearest_name(name, names());
    throw Error("there is no stage \"" + name + "\"",
                near.empty() ? "`tivit-run list` shows all stages" : "did you mean \"" + near + "\"?");
  }
  if (!spec->problems.empty()) throw Error("stage \"" + name + "\" cannot be used: " + spec->problems.front(), "mend its contract");
  return *spec;
}

std::vector<std::string> Registry::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, spec] : specs_) names.push_back(name);
  return names;
}

void Registry::set_origin(std::string origin) {
  const std::lock_guard lock(mutex_);
  origin_ = std::move(origin);
}

}  // namespace tivit
