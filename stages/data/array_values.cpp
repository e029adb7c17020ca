#include <stages/data/array_values.hpp>

#include <ATen/ops/empty.h>

#include <cmath>
#include <tivit/error.hpp>
#include <tivit/tensor/fields.hpp>

namespace tivit::data {
namespace {
using nlohmann::json;

std::string number_text(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

/// `whole numbers from 0 to 127`.
std::string expected_text(const ArrayField& field, bool whole) {
  const ArrayField none;
  std::string text = whole ? "whole numbers" : "finite numbers";
  if (field.low > none.low && field.high < none.high) return text + " from " + number_text(field.low) + " to " + number_text(field.high);
  if (field.low > none.low) return text + " of at least " + number_text(field.low);
  return text;
}

void flatten(const json& values, std::vector<double>& out) {
  if (values.is_array())
    for (const auto& value : values) flatten(value, out);
  else
    out.push_back(values.is_boolean() ? values.get<bool>() : values.get<double>());
}

/// Lists in lists; `next` gives the numbers one by one.
template <class Next>
json nested(const at::Tensor& array, std::int64_t axis, Next& next) {
  if (axis == array.dim()) return next();
  json list = json::array();
  for (std::int64_t i = 0; i < array.size(axis); ++i) list.push_back(nested(array, axis + 1, next));
  return list;
}

std::string index_text(const at::Tensor& array, std::int64_t at) {
  std::string text;
  for (auto axis = array.dim(); axis-- > 0; at /= array.size(axis))
    text = std::to_string(at % array.size(axis)) + (text.empty() ? "" : "," + text);
  return text.empty() ? "" : " at [" + text + "]";
}

}  // namespace

bool is_text(const ArrayField& field) { return field.type == "text" || field.type == "names" || field.type == "json"; }

at::Tensor tensor_of(const json& values, const ArrayField& field) {
  const PortType type = PortType::parse(field.type);
  std::vector<std::int64_t> shape;
  for (const json* list = &values; list->is_array(); list = &list->front()) {
    shape.push_back(static_cast<std::int64_t>(list->size()));
    if (list->empty()) break;
  }
  while (shape.size() < type.shape->size()) shape.push_back((*type.shape)[shape.size()].number);  // of an empty list
  std::vector<double> numbers;
  flatten(values, numbers);
  const auto out = at::empty(shape, at::kDouble);
  std::copy(numbers.begin(), numbers.end(), out.mutable_data_ptr<double>());
  return type.dtypes[0] == "f64" ? out : out.to(type.dtypes[0] == "bool" ? at::kBool : at::kLong);
}

json json_of(const at::Tensor& array, const ArrayField& field, Symbols& symbols, const std::string& where) {
  const PortType type = PortType::parse(field.type);
  const std::string& wanted = type.dtypes[0];
  const bool truths = wanted == "bool", whole = wanted == "i64";
  const bool has_truths = array.scalar_type() == at::kBool, fractions = array.is_floating_point();
  if (truths ? fractions : has_truths)
    throw Error("has element type " + dtype_name(array.scalar_type()) + ", expected " + field.type, "store it so", where);
  if (const auto problem = match_shape(array.sizes().vec(), *type.shape, symbols))
    throw Error(*problem + " (" + field.type + ")", "store it so; lists that belong together have one length", where);
  const auto numbers = array.to(at::kDouble).contiguous();
  const auto* at = numbers.const_data_ptr<double>();
  std::int64_t i = 0;
  const auto next = [&]() -> json {
    const double value = at[i];
    if (truths && value != 0 && value != 1)
      throw Error("holds " + number_text(value) + index_text(array, i) + ", expected bool", "store true and false", where);
    if (!truths && (!std::isfinite(value) || value < field.low || value > field.high || (whole && value != std::trunc(value))))
      throw Error("holds " + number_text(value) + index_text(array, i) + ", expected " + expected_text(field, whole), "mend the array",
                  where);
    ++i;
    if (truths) return value == 1;
    return whole ? json(static_cast<std::int64_t>(value)) : json(value);
  };
  return nested(array, 0, next);
}

std::string text_of(const json& value, const ArrayField& field) {
  if (field.type == "json") return value.dump();
  if (field.type == "text") return value.get<std::string>();
  std::string text;
  for (const auto& name : value) text += (text.empty() ? "" : ",") + name.get<std::string>();
  return text;
}

json json_of(const std::string& text, const ArrayField& field, const std::string& where) {
  if (field.type == "text") return text;
  if (field.type == "json") {
    json value = json::parse(text, nullptr, false);
    if (value.is_discarded()) throw Error("is no JSON", "store JSON text", where);
    return value;
  }
  json names = json::array();
  for (std::size_t at = 0; at <= text.size() && !text.empty();) {
    const auto end = std::min(text.find(',', at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

}  // namespace tivit::data
