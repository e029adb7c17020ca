#pragma once
// Named tensors as one string of bytes, for the saved state of a run on the same machine. Files that others read are checkpoints.
#include <string>
#include <string_view>
#include <tivit/tensor/fields.hpp>

namespace tivit::model {

std::string to_bytes(const Fields& fields);
/// Throws Error where `bytes` is not what `to_bytes` made.
Fields from_bytes(std::string_view bytes);

}  // namespace tivit::model
