#pragma once
// How a value of a type is made up for a test. Tensors and records of tensors are known; for a type of your own:
//
//   const bool made = tivit::testing::make_by("chord", [](tivit::testing::Draw& draw) { return tivit::Payload::of(Chord{{60, 64, 67}}); });
//
// What makes two values the same, their codecs say: tivit/codec.hpp.
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

using Maker = std::function<Payload(Draw&)>;
/// Values for ports of this kind ("tensor", "record", or the name that a C++ type carries). Always true.
bool make_by(const std::string& kind, Maker maker);
/// Throws Error naming the type that cannot be made up.
Payload make_up(Draw draw);

}  // namespace tivit::testing
