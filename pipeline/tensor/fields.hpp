#pragma once
// Tensors as port values: one tensor, or a record of named ones (a batch, a model's logits, a set of rolls).
#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <tivit/port.hpp>
#include <utility>
#include <vector>

namespace tivit {

/// Named tensors in a fixed order. A dot in a name makes groups: `targets.onset`; `sub("targets")` gives the group.
class Fields {
 public:
  using Entry = std::pair<std::string, at::Tensor>;
  Fields() = default;
  Fields(std::initializer_list<Entry> entries) : entries_(entries) {}

  const at::Tensor* find(std::string_view name) const;
  /// Throws Error naming the fields that are there.
  const at::Tensor& at(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  void set(std::string name, at::Tensor tensor);
  /// The fields named `group.x`, as `x`.
  Fields sub(std::string_view group) const;
  std::vector<std::string> names() const;
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<Entry> entries_;
};

/// "f32", "u8", "bool", …: the spelling in port types.
std::string dtype_name(at::ScalarType type);

template <>
struct PortTraits<at::Tensor> {
  static constexpr std::string_view name = "tensor";
  static std::size_t bytes(const at::Tensor& tensor);
  static std::optional<std::string> check(const at::Tensor& tensor, const PortType& type, Symbols& symbols);
};

template <>
struct PortTraits<Fields> {
  static constexpr std::string_view name = "record";
  static std::size_t bytes(const Fields& fields);
  static std::optional<std::string> check(const Fields& fields, const PortType& type, Symbols& symbols);
  static Payload field(const Fields& fields, std::string_view name);
};

}  // namespace tivit
