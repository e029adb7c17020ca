#pragma once
// A tree of plain Python values, as checkpoints hold them: None, bool, int, float, text, tensors, lists, tuples, dicts.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tivit::data {

/// A cheap handle: copies share lists and dicts, as in Python.
class Object {
 public:
  using List = std::vector<Object>;
  using Dict = std::vector<std::pair<Object, Object>>;  ///< in order of insertion
  struct Tuple {
    List items;
  };

  Object() = default;  ///< None
  Object(bool value) : value_(value) {}
  Object(int value) : value_(std::int64_t{value}) {}
  Object(std::int64_t value) : value_(value) {}
  Object(double value) : value_(value) {}
  Object(const char* text) : value_(std::string(text)) {}
  Object(std::string text) : value_(std::move(text)) {}
  Object(at::Tensor tensor) : value_(std::move(tensor)) {}
  Object(List list) : value_(std::make_shared<List>(std::move(list))) {}
  Object(Tuple tuple) : value_(std::make_shared<Tuple>(std::move(tuple))) {}
  Object(Dict dict) : value_(std::make_shared<Dict>(std::move(dict))) {}

  /// "None", "bool", "int", "float", "str", "tensor", "list", "tuple" or "dict".
  std::string_view type() const;
  bool none() const { return value_.index() == 0; }
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  const double* real() const { return std::get_if<double>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  const at::Tensor* tensor() const { return std::get_if<at::Tensor>(&value_); }
  List* list() const { return pointer<List>(); }
  List* tuple() const { return pointer<Tuple>() ? &pointer<Tuple>()->items : nullptr; }
  Dict* dict() const { return pointer<Dict>(); }

  /// The value of a text key of a dict; nullptr when this is no dict or has no such key.
  const Object* find(std::string_view key) const;
  /// Throws Error naming the keys that are there.
  const Object& at(std::string_view key) const;

 private:
  template <class T>
  T* pointer() const {
    const auto* shared = std::get_if<std::shared_ptr<T>>(&value_);
    return shared ? shared->get() : nullptr;
  }
  std::variant<std::monostate, bool, std::int64_t, double, std::string, at::Tensor, std::shared_ptr<List>, std::shared_ptr<Tuple>,
               std::shared_ptr<Dict>>
      value_;
};

}  // namespace tivit::data
