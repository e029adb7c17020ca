#pragma once
// The numbers of one array as JSON, and back, held against what a value's array form says of them.
#include <ATen/core/Tensor.h>

#include <nlohmann/json.hpp>
#include <string>
#include <tivit/codec.hpp>

namespace tivit::data {

/// A text in the file, not an array: "text", "names", "json".
bool is_text(const ArrayField& field);

/// One number, or lists of them, as an array of the field's type.
at::Tensor tensor_of(const nlohmann::json& values, const ArrayField& field);
/// The opposite. Whole numbers may come as fractions without a fraction, truths as 0 and 1. Sizes are laid on `symbols`. Throws Error at
/// `where` for another shape or type, and for numbers that the field cannot have.
nlohmann::json json_of(const at::Tensor& array, const ArrayField& field, Symbols& symbols, const std::string& where);

std::string text_of(const nlohmann::json& value, const ArrayField& field);
nlohmann::json json_of(const std::string& text, const ArrayField& field, const std::string& where);

}  // namespace tivit::data
