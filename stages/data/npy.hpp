#pragma once
// One NumPy array as bytes (.npy, and each member of an .npz).
#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <string_view>

namespace tivit::data {

/// An array, or the text of a 0-d string array.
struct Npy {
  at::Tensor array;
  std::optional<std::string> text;
};

/// C and Fortran order, either byte order; bool, i8…i64, u8, f16, f32, f64 and 0-d strings. Nothing is unpickled.
/// Throws Error for everything else, with `where` as its place. The tensor is contiguous.
Npy parse_npy(std::string_view bytes, const std::string& where);

/// Header (format 1.0, padded to 64 bytes) and data in C order. bf16 has no NumPy type and is refused.
std::string npy_bytes(const at::Tensor& array);
std::string npy_bytes(const std::string& text);

}  // namespace tivit::data
