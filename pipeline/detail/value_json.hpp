#pragma once
// A parameter's value as JSON, and back.
#include <nlohmann/json.hpp>
#include <tivit/parameter.hpp>

namespace tivit::detail {

using Json = nlohmann::ordered_json;

Json value_json(const ParameterValue& value);
/// Throws a JSON exception for what no parameter can be.
ParameterValue value_from(const Json& json);

}  // namespace tivit::detail
