#pragma once
// TOML in, Value out; toml++ is included by one source only.
#include <filesystem>
#include <string>
#include <tivit/text/mistakes.hpp>
#include <tivit/text/value.hpp>

namespace tivit {

/// A table. Throws Error naming file:line:column of the first syntax error. What TOML knows and graphs do not (dates, times of day)
/// becomes a bad value, and a mistake.
Value parse_toml(const std::string& text, const std::string& name, Mistakes& mistakes);
/// The same from a file; throws Error when it cannot be read.
Value read_toml(const std::filesystem::path& file, Mistakes& mistakes);

}  // namespace tivit
