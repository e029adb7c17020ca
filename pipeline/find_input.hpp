#pragma once
// Where the file is that a path parameter names. Most are where they say; a stage that looks elsewhere tells.
#include <filesystem>
#include <string>
#include <tivit/parameter.hpp>
#include <utility>
#include <vector>

namespace tivit {

using Parameters = std::vector<std::pair<std::string, ParameterValue>>;

/// `given` is the path, or one of the paths, that `parameter` names; `all` are the stage's parameters.
using FindInput = std::filesystem::path (*)(const std::string& parameter, const std::filesystem::path& given, const Parameters& all);

/// For the stages of this name. Always true.
bool add_find_input(std::string stage, FindInput find);
std::filesystem::path find_input(const std::string& stage, const std::string& parameter, const std::filesystem::path& given,
                                 const Parameters& all);

}  // namespace tivit
