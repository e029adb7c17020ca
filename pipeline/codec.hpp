#pragma once
// How values that travel between stages are kept in a file: for recordings of a stage's traffic, and as the arrays of NumPy's files.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tivit/item.hpp>
#include <tivit/port.hpp>

namespace tivit {

/// One array of a value's array form. In a file it is called `port.name`, or `beside.type.name` where the value travels beside a payload.
struct ArrayField {
  std::string name;                 ///< "*": an array for every key of the JSON object; "": the value's own name, it is one array
  std::string type;                 ///< "f64[N]", "i64[]", "bool[]"; "text", "names" (a text with commas) or "json" (a text)
  std::string path;                 ///< where it lies in the value's JSON: "/notes/*/onset_s"; `*` stands for all entries of a list
  std::string otherwise;            ///< JSON to take where the array is missing, "null" for nothing; "": it must be there
  double low = -9e15, high = 9e15;  ///< of its numbers
};

/// For one C++ type. Equal values have equal bytes.
struct Codec {
  std::string name;  ///< in files; of a port type, its own name
  std::type_index type;
  std::function<std::string(const void* value)> write;
  /// Throws Error for bytes that are no such value.
  std::function<Payload(std::string_view bytes)> payload;                 ///< empty for what only travels beside payloads
  std::function<void(std::string_view bytes, Attachments& into)> attach;  ///< sets the value
  std::function<const void*(const Attachments& from)> attached;           ///< null: it is not there
  /// Where two values first differ, and how: `onset[3,17]: 0.25, now 0.5`.
  std::function<std::string(std::string_view before, std::string_view now)> difference;
  std::vector<ArrayField>
      arrays;  ///< the value as arrays; only for bytes that are JSON as CBOR (json_codec.hpp). Empty: it has no such form
};

/// Always true.
bool add_codec(Codec codec);
/// Null where there is none.
const Codec* codec_for(std::type_index type);
const Codec* codec_named(std::string_view name);
std::vector<const Codec*> all_codecs();
/// What arrays of a value that travels beside payloads are called: "beside.time_grid".
std::string beside_name(const Codec& codec);
/// Of every attachment that has a codec: its name and its bytes.
std::vector<std::pair<std::string, std::string>> written_attachments(const Attachments& attachments);

/// A codec of two functions; without a `difference` of its own, one that says where the bytes differ.
template <class T>
bool add_codec(std::string name, std::string (*write)(const T&), T (*read)(std::string_view),
               std::string (*difference)(std::string_view, std::string_view) = nullptr, std::vector<ArrayField> arrays = {}) {
  Codec codec{std::move(name), typeid(T)};
  codec.write = [write](const void* value) { return write(*static_cast<const T*>(value)); };
  if constexpr (requires { PortTraits<T>::name; }) codec.payload = [read](std::string_view bytes) { return Payload::of(read(bytes)); };
  codec.attach = [read](std::string_view bytes, Attachments& into) { into.set(read(bytes)); };
  codec.attached = [](const Attachments& from) -> const void* { return from.find<T>(); };
  if (difference) codec.difference = difference;
  codec.arrays = std::move(arrays);
  return add_codec(std::move(codec));
}

}  // namespace tivit
