#pragma once
// A value of the graph text, and where it came from. (A copied toml++ node forgets its source; this one keeps it.)
#include <cstdint>
#include <string>
#include <string_view>
#include <tivit/error.hpp>
#include <tivit/parameter.hpp>
#include <variant>
#include <vector>

namespace tivit {

struct Value {
  struct Entry;
  using List = std::vector<Value>;
  using Table = std::vector<Entry>;  ///< in the order of the text

  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table> data;  ///< monostate: a mistake, already reported
  Origin origin;      ///< where it stands; a file name alone for what has no line, such as `--set batch.size`
  std::string note;   ///< how the text became the value: "variable model", "environment TIVIT_DATA_DIR"
  std::string typed;  ///< as it was typed on a command line: stands as it is where text is expected

  bool bad() const { return data.index() == 0; }
  template <class T>
  const T* get() const {
    return std::get_if<T>(&data);
  }
  const std::string* string() const { return get<std::string>(); }
  std::string kind() const;  ///< "a table", "an integer", …
  std::string text() const;  ///< as TOML writes it
  /// "graphs/train.toml:3:8, variable model": for the resolved text.
  std::string came_from() const;
};
struct Value::Entry {
  std::string key;
  Origin origin;  ///< of the key
  Value value;
};

const Value* find(const Value::Table& table, std::string_view key);
/// The first of this key; null when there is none.
Value::Entry* find_entry(Value::Table& table, std::string_view key);
/// Text from a command line or the environment: read as a TOML value where it is one, else a string.
Value value_of_text(const std::string& text, Origin origin);
/// The value as stages take it; nothing for a table, which no parameter is.
ParameterValue parameter_value(const Value& value);
/// The same with texts as they were typed, for parameters that are text.
ParameterValue typed_value(const Value& value);

}  // namespace tivit
