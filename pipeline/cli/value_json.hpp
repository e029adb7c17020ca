#pragma once
// A parameter's value as JSON.
#include <nlohmann/json.hpp>
#include <tivit/parameter.hpp>

namespace tivit::cli {

using Json = nlohmann::ordered_json;

Json value_json(const ParameterValue& value);

}  // namespace tivit::cli
