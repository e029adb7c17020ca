// The lengths of a batch's members in recordings.
#include <stages/batch/ragged.hpp>
#include <tivit/json_codec.hpp>

namespace {
using nlohmann::json;
using tivit::batch::Ragged;

const bool added = tivit::add_json_codec<Ragged>(
    "ragged",
    [](const Ragged& ragged) {
      return json{{"lengths", ragged.lengths}, {"padded", ragged.padded}, {"rows_per_step", ragged.rows_per_step}};
    },
    [](const json& from) {
      return Ragged{from.at("lengths"), from.at("padded"), from.value("rows_per_step", std::int64_t{1})};
    },
    {{"lengths", "i64[N]", "/lengths", "", 0}, {"padded", "i64[]", "/padded", "", 0}, {"rows_per_step", "i64[]", "/rows_per_step", "", 0}});
}  // namespace
