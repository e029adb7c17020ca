#include <oneapi/tbb/version.h>
#include <map>
#include <tivit/run_versions.hpp>

namespace tivit {
namespace {

std::map<std::string, std::string (*)()>& versions() {
  static std::map<std::string, std::string (*)()> map{{"oneTBB", []() -> std::string { return TBB_runtime_version(); }}};
  return map;
}

}  // namespace

bool add_run_version(std::string what, std::string (*version)()) {
  versions().insert_or_assign(std::move(what), version);
  return true;
}

std::vector<BuildFact> run_versions() {
  std::vector<BuildFact> list;
  for (const auto& [what, version] : versions()) list.push_back({what, version()});
  return list;
}

}  // namespace tivit
