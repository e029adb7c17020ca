#pragma once
// Stages from outside: shared libraries made by tivit_add_stage(). What a file was built with is read from it before any of its code runs.
#include <filesystem>
#include <optional>
#include <string>
#include <tivit/build_facts.hpp>
#include <vector>

namespace tivit {

/// What the note of a shared library says; nothing when it has none. Throws Error when the file is no shared library, or a damaged one.
std::optional<std::vector<BuildFact>> read_plugin_note(const std::filesystem::path& file);

/// Loads a plugin, or all plugins of a folder (other libraries there are passed over), for the rest of the process: nothing is ever
/// unloaded. What is loaded already is left alone. Throws Error: no such file, a folder without plugins, not made for this program (and in
/// what they differ), or a stage of it has a name that is taken.
void load_plugins(const std::filesystem::path& file_or_folder);
/// The same for the folders and files that TIVIT_PLUGIN_PATH lists, separated by ":"; there a folder may be empty.
void load_plugins_of_environment();
/// Files loaded so far, in that order.
std::vector<std::string> loaded_plugins();

}  // namespace tivit
