#pragma once
// TOML in, Value out; toml++ is included by one source only.
#include <filesystem>
#include <string>
#include <tivit/text/value.hpp>

namespace tivit {

/// A table. Throws Error naming file:line:column of the first syntax error.
Value parse_toml(const std::string& text, const std::string& name);
/// The same from a file; throws Error when it cannot be read.
Value read_toml(const std::filesystem::path& file);

}  // namespace tivit
