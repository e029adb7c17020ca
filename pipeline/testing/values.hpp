#pragma once
// What tests must know of a C++ type that travels between stages: how two of its values are told apart, and how one is made up.
// Tensors, records of tensors, TimeGrid and SourceName are known; for a type of your own:
//
//   const bool known = tivit::testing::compare_by<Chord>([](const Chord& chord) { return text_of(chord.keys); });
//   const bool made = tivit::testing::make_by("chord", [](tivit::testing::Draw& draw) { return tivit::Payload::of(Chord{{60, 64, 67}}); });
#include <cstring>
#include <functional>
#include <string>
#include <tivit/stage.hpp>

namespace tivit::testing {

/// What a value is drawn by: the type that the port has, and a seed.
struct Draw {
  const PortType& type;
  Symbols& symbols;  ///< sizes that are settled; those that a draw needs are added
  std::uint64_t seed;
};

using Comparison = std::function<std::string(const Payload&)>;
using BesideComparison = std::function<std::string(const Attachments&)>;
using Maker = std::function<Payload(Draw&)>;
bool add_comparison(std::type_index type, Comparison comparison);
bool add_beside_comparison(BesideComparison comparison);
/// Values for ports of this kind ("tensor", "record", or the name that a C++ type carries).
bool make_by(const std::string& kind, Maker maker);

/// `text` of two values is the same if, and only if, the values are. It may be binary.
template <class T, class F>
bool compare_by(F text) {
  return add_comparison(typeid(T), [text](const Payload& payload) -> std::string { return text(payload.as<T>()); });
}
/// The same for what travels beside a payload.
template <class T, class F>
bool compare_beside_by(F text) {
  return add_beside_comparison([text](const Attachments& beside) -> std::string {
    const T* found = beside.find<T>();
    return found ? text(*found) : std::string();
  });
}
/// The bytes of a number, exactly.
template <class N>
std::string exactly(N number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

/// Throws Error naming the type that nobody has said how to compare.
std::string comparable(const Payload& payload);
std::string comparable(const Attachments& beside);
/// Throws Error naming the type that cannot be made up.
Payload make_up(Draw draw);

}  // namespace tivit::testing
