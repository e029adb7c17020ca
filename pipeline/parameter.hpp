#pragma once
// A parameter: declared once in a contract, read from the graph text, shown by `describe`, checked before anything runs.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <tivit/time.hpp>
#include <type_traits>
#include <variant>
#include <vector>

namespace tivit {

/// A length of time, written `"13 ms"`, `"0.5 s"`, `"2 min"` or a plain number of seconds.
struct Duration {
  double seconds = 0;
  static Duration parse(const std::string& text);
  std::string text() const;
};

/// A number of bytes, written `"2 GiB"`, `"512 MiB"`, `"64 KiB"` or a plain number.
struct ByteCount {
  std::uint64_t bytes = 0;
  static ByteCount parse(const std::string& text);
  std::string text() const;
};

/// A parameter's value as text gives it.
struct ParameterValue {
  using List = std::vector<ParameterValue>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List> value;
  bool empty() const { return value.index() == 0; }
  std::string text() const;  ///< as TOML writes it
};

/// One parameter of a stage or resource, as plain data; names may be dotted (`frame_times.rate` is a key of a table).
struct ParameterSpec {
  std::string name;
  std::string type;  ///< "bool", "integer", "number", "string", "path", "duration", "bytes", or "list of …"
  std::string doc;
  std::string unit;
  ParameterValue default_value;  ///< empty: the parameter is unset unless given
  bool required = false;
  std::optional<double> low, high;   ///< inclusive range of numbers, durations (seconds), bytes and list elements
  std::vector<std::string> choices;  ///< accepted strings
  std::string symbol;                ///< of the ports' shapes, whose size the choice decides; "": none
  std::vector<std::int64_t> sizes;   ///< one for each choice
  std::string path_rule;             ///< path: "", "exists"
  bool wide = false;                 ///< integer: of 64 bits; any other is an int

  /// The value converted to this parameter's type and range; throws Error (without a place) saying what was expected.
  ParameterValue checked(const ParameterValue& given) const;
  /// "1 to 8", "at least 0", "at most 51"; empty where anything goes.
  std::string range_text() const;
  /// The size of `symbol` that a checked value decides.
  std::optional<std::int64_t> size_for(const ParameterValue& value) const;
};

/// C++ types that may be parameters: conversion to and from ParameterValue, and the type's name.
template <class T>
struct ParameterTraits;

#define TIVIT_PARAMETER_TYPE(TYPE)                                   \
  template <>                                                        \
  struct ParameterTraits<TYPE> {                                     \
    static constexpr bool wide = std::is_same_v<TYPE, std::int64_t>; \
    static std::string name();                                       \
    static TYPE from(const ParameterValue& value);                   \
    static ParameterValue to(const TYPE& value);                     \
  };
TIVIT_PARAMETER_TYPE(bool)
TIVIT_PARAMETER_TYPE(int)
TIVIT_PARAMETER_TYPE(std::int64_t)
TIVIT_PARAMETER_TYPE(double)
TIVIT_PARAMETER_TYPE(std::string)
TIVIT_PARAMETER_TYPE(std::filesystem::path)
TIVIT_PARAMETER_TYPE(Duration)
TIVIT_PARAMETER_TYPE(ByteCount)
#undef TIVIT_PARAMETER_TYPE

template <class T>
struct ParameterTraits<std::vector<T>> {
  static constexpr bool wide = ParameterTraits<T>::wide;
  static std::string name() { return "list of " + ParameterTraits<T>::name(); }
  static std::vector<T> from(const ParameterValue& value) {
    std::vector<T> out;
    for (const auto& element : std::get<ParameterValue::List>(value.value)) out.push_back(ParameterTraits<T>::from(element));
    return out;
  }
  static ParameterValue to(const std::vector<T>& values) {
    ParameterValue::List list;
    for (const auto& element : values) list.push_back(ParameterTraits<T>::to(element));
    return {std::move(list)};
  }
};

/// An optional parameter is unset unless the graph gives it.
template <class T>
struct ParameterTraits<std::optional<T>> {
  static constexpr bool wide = ParameterTraits<T>::wide;
  static std::string name() { return ParameterTraits<T>::name(); }
  static std::optional<T> from(const ParameterValue& value) {
    return value.empty() ? std::nullopt : std::optional<T>(ParameterTraits<T>::from(value));
  }
  static ParameterValue to(const std::optional<T>& value) { return value ? ParameterTraits<T>::to(*value) : ParameterValue{}; }
};

}  // namespace tivit
