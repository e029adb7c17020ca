#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <tivit/plan.hpp>
#include <vector>

namespace tivit::detail {

/// The code that a run is made of: versions, plugins with the hashes of their files, where each stage and resource comes from.
nlohmann::ordered_json code_of(const Plan& plan);

/// Files that parameters name and that are there now: one entry for each, with its size and hash. Where nothing but a stage that writes
/// is given a file, it is none that is read.
nlohmann::ordered_json inputs_of(const Plan& plan);

/// What manifest.json says of a run that begins now: what was typed, versions, plugins, inputs, the machine.
nlohmann::ordered_json run_manifest(const Plan& plan, const std::string& precision, const std::vector<std::string>& command);

}  // namespace tivit::detail
