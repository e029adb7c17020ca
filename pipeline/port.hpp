#pragma once
// What a port accepts, as text that people write (`f32[T,88]`, `{onset: f32[T,88], ...}`, `notes`) and as data that is checked.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

namespace tivit {

/// One axis of a shape: a number, or `factor * symbol / divisor` such as `T`, `T/2`, `2*B`.
struct Dim {
  std::string symbol;  ///< "" for a plain number
  std::int64_t number = 1;
  std::int64_t divisor = 1;
  std::string text() const;
  bool operator==(const Dim&) const = default;
};

/// A port's type. `kind` is "tensor", "record", "any" or the name that a C++ type carries (PortTraits<T>::name).
struct PortType {
  struct Field;
  std::string kind = "any";
  std::vector<std::string> dtypes;        ///< tensor: accepted element types, empty for every one
  std::optional<std::vector<Dim>> shape;  ///< tensor: nothing for any shape
  std::vector<Field> fields;              ///< record
  bool open = false;                      ///< record: further fields may be there (`...`)

  /// Reads the text form. Throws Error naming the position of what it does not understand.
  static PortType parse(std::string_view text);
  std::string text() const;
};
struct PortType::Field {
  std::string name;
  PortType type;
};

/// Sizes that symbols have been found to stand for, filled in as ports of one call are checked.
using Symbols = std::map<std::string, std::int64_t>;

/// Checks one concrete shape against a pattern, binding symbols; an explanation when it does not fit.
std::optional<std::string> match_shape(const std::vector<std::int64_t>& sizes, const std::vector<Dim>& pattern, Symbols& symbols);

class Payload;

/// What the framework can do with a C++ type that it does not know.
struct TypeOps {
  std::string_view name;
  std::type_index type;
  std::size_t (*bytes)(const void*);
  /// An explanation when the value does not fit the port type.
  std::optional<std::string> (*check)(const void*, const PortType&, Symbols&);
  /// The named part of a record, or an empty payload.
  Payload (*field)(const void*, std::string_view);
};

/// Specialise for every type that travels between stages: `name`, and `static std::size_t bytes(const T&)`;
/// optionally `check(const T&, const PortType&, Symbols&)` and `field(const T&, std::string_view)`.
template <class T>
struct PortTraits;

/// An immutable value of any port type, shared by everyone who holds it.
class Payload {
 public:
  Payload() = default;
  template <class T>
  static Payload of(T value);
  explicit operator bool() const { return static_cast<bool>(data_); }
  /// Throws Error for a value of another C++ type: two of them may have one name where a plugin brings one.
  template <class T>
  const T& as() const {
    if (!is<T>()) refuse_as(PortTraits<T>::name);
    return *static_cast<const T*>(data_.get());
  }
  template <class T>
  bool is() const {
    return ops_ && ops_->type == std::type_index(typeid(T));
  }
  const TypeOps& ops() const { return *ops_; }
  std::size_t bytes() const { return ops_->bytes(data_.get()); }
  std::optional<std::string> check(const PortType& type, Symbols& symbols) const;
  Payload field(std::string_view name) const;
  const std::shared_ptr<const void>& share() const { return data_; }
  /// The same value, kept alive together with `companion` (a byte count that ends with the last copy).
  Payload with(std::shared_ptr<const void> companion) const;

 private:
  [[noreturn]] void refuse_as(std::string_view wanted) const;

  std::shared_ptr<const void> data_;
  const TypeOps* ops_ = nullptr;
};

template <class T>
const TypeOps& type_ops() {
  using Traits = PortTraits<T>;
  static const TypeOps ops{Traits::name, typeid(T),
                           [](const void* value) -> std::size_t { return Traits::bytes(*static_cast<const T*>(value)); },
                           [](const void* value, const PortType& type, Symbols& symbols) -> std::optional<std::string> {
                             if constexpr (requires(const T& v) { Traits::check(v, type, symbols); })
                               return Traits::check(*static_cast<const T*>(value), type, symbols);
                             else
                               return std::nullopt;
                           },
                           [](const void* value, std::string_view name) -> Payload {
                             if constexpr (requires(const T& v) { Traits::field(v, name); })
                               return Traits::field(*static_cast<const T*>(value), name);
                             else
                               return {};
                           }};
  return ops;
}

template <class T>
Payload Payload::of(T value) {
  Payload payload;
  payload.data_ = std::make_shared<const T>(std::move(value));
  payload.ops_ = &type_ops<T>();
  return payload;
}

}  // namespace tivit
