// The lengths of a batch's members in recordings.
#include <stages/batch/ragged.hpp>
#include <tivit/detail/json_codec.hpp>

namespace {
using nlohmann::json;
using tivit::batch::Ragged;

const bool added = tivit::detail::add_json_codec<Ragged>(
    "ragged",
    [](const Ragged& ragged) {
      return json{{"lengths", ragged.lengths}, {"padded", ragged.padded}};
    },
    [](const json& from) {
      return Ragged{from.at("lengths"), from.at("padded")};
    });
}  // namespace
