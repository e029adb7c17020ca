#pragma once
// What `tivit-run list` and `tivit-run describe` print.
#include <string>

namespace tivit::cli {

std::string list_text();
std::string list_json();
/// Throws Error naming the nearest known name.
std::string describe_text(const std::string& name);
std::string describe_json(const std::string& name);

}  // namespace tivit::cli
