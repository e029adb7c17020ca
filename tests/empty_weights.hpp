#pragma once
#include <string>

namespace tivit::tests {

/// A safetensors file without tensors: it can be read, and fits no model.
inline const std::string empty_weights("\x02\0\0\0\0\0\0\0{}", 10);

}  // namespace tivit::tests
