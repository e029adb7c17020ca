#pragma once
// Codecs of values that can be told in JSON: kept as CBOR, compared part by part, and told in arrays where the codec says how.
#include <nlohmann/json.hpp>
#include <tivit/codec.hpp>
#include <tivit/error.hpp>

namespace tivit {

/// `notes[3][0]: 0.25, now 0.5`: where two values first differ.
std::string json_difference(std::string_view before, std::string_view now);

/// `To` and `From` are lambdas without captures: T to JSON and back.
template <class T, class To, class From>
bool add_json_codec(std::string name, To, From, std::vector<ArrayField> arrays = {}) {
  return add_codec<T>(
      std::move(name),
      [](const T& value) {
        std::string bytes;
        nlohmann::json::to_cbor(To{}(value), bytes);
        return bytes;
      },
      [](std::string_view bytes) -> T {
        try {
          return From{}(nlohmann::json::from_cbor(bytes));
        } catch (const nlohmann::json::exception& error) {
          throw Error(std::string("the bytes are no such value: ") + error.what());
        }
      },
      json_difference, std::move(arrays));
}

}  // namespace tivit
