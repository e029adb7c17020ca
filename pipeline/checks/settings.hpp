#pragma once
// What [run] and [runtime] may say.
#include <tivit/parameter.hpp>
#include <vector>

namespace tivit::checks {

/// The keys with plain values; `on_error` and `plugins` stand beside them.
const std::vector<ParameterSpec>& run_settings();
const std::vector<ParameterSpec>& runtime_settings();

}  // namespace tivit::checks
