#include <sys/utsname.h>

#include <fstream>
#include <thread>
#include <tivit/build_facts.hpp>
#include <tivit/content_hash.hpp>
#include <tivit/detail/run_manifest.hpp>
#include <tivit/plugin.hpp>
#include <tivit/run_directory.hpp>
#include <tivit/run_versions.hpp>
#include <tivit/version.hpp>

namespace tivit::detail {
using nlohmann::ordered_json;
namespace {

ordered_json as_object(const std::vector<BuildFact>& facts) {
  auto object = ordered_json::object();
  for (const auto& fact : facts) object[fact.what] = fact.value;
  return object;
}

ordered_json build() {
  auto facts = as_object(build_facts());
#if defined(__clang__)
  facts["compiler"] = "clang " __clang_version__;
#else
  facts["compiler"] = "g++ " __VERSION__;
#endif
  return facts;
}

/// "AMD EPYC 9654 96-Core Processor"; empty where the system does not say.
std::string processor_model() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (const auto colon = line.find(": "); line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  return "";
}

ordered_json machine() {
  utsname system{};
  uname(&system);
  return {{"system", system.sysname},
          {"release", system.release},
          {"processor", system.machine},
          {"model", processor_model()},
          {"cores", std::thread::hardware_concurrency()}};
}

void add_origins(ordered_json& code, const Plan& plan, const std::string& above) {
  const auto origin = [](const auto& part) { return ordered_json{{"use", part.spec->name}, {"origin", part.spec->origin}}; };
  for (const auto& stage : plan.stages) code["stages"][above + stage.name] = origin(stage);
  for (const auto& resource : plan.resources) code["resources"][above + resource.name] = origin(resource);
}

}  // namespace

ordered_json code_of(const Plan& plan) {
  ordered_json code{{"versions", as_object(run_versions())}, {"plugins", loaded_plugins()}};
  for (const auto& plugin : loaded_plugins()) code["plugin_hashes"][plugin] = content_hash(plugin);
  add_origins(code, plan, "");
  for (const auto& [path, called] : called_graphs(plan)) add_origins(code, *called, path + "/");
  return code;
}

ordered_json run_manifest(const Plan& plan, const std::string& precision, const std::vector<std::string>& command) {
  ordered_json manifest;
  manifest["tivit"] = version();
  manifest["build"] = build();
  manifest["command"] = command;
  manifest["working_directory"] = std::filesystem::current_path().string();
  manifest["title"] = plan.title;
  manifest["graph"] = plan.name;
  manifest["seed"] = plan.seed;
  manifest["epochs"] = plan.epochs;
  manifest["threads"] = {{"pipeline", plan.threads.pipeline}, {"intra_op", plan.threads.intra_op}, {"decode", plan.threads.decode}};
  manifest["device"] = plan.device;
  manifest["precision"] = precision;
  manifest["machine"] = machine();
  manifest.update(code_of(plan));
  manifest["inputs"] = inputs_of(plan);
  return manifest;
}

}  // namespace tivit::detail
