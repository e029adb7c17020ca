#pragma once
// What could be written for a parameter, to be shown where something else was.
#include <tivit/parameter.hpp>

namespace tivit::detail {

/// The default where that says something, else a value of the type that is among the choices and in the range.
ParameterValue example_value(const ParameterSpec& parameter);

}  // namespace tivit::detail
