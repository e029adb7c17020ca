#pragma once
// An account for people, and as account.json.
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <tivit/account.hpp>

namespace tivit {

/// One line a stage, those of graphs that were called below: what went through, how busy it was, what it waited for.
std::string account_table(const RunAccount& account);
/// Graphviz: stages with how busy they were, edges with what went over them; graphs that were called beside it.
std::string account_dot(const RunAccount& account, const std::string& title);
/// The same of a run that has ended, from its directory. Throws Error.
std::string run_dot(const std::filesystem::path& run_directory);
nlohmann::ordered_json account_json(const RunAccount& account);
/// What account_json() wrote; failures are counted there, not kept. Throws Error.
RunAccount account_of(const nlohmann::ordered_json& json, const std::string& file);

}  // namespace tivit
