#pragma once
// Numbers that are none.
#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

namespace tivit {

/// `[12,3] is nan`: the first value that is infinite or not a number; nothing where there is none, and for whole numbers.
std::optional<std::string> not_finite(const at::Tensor& tensor);

}  // namespace tivit
