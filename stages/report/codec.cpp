// Scores and reports in recordings.
#include <stages/report/json_value.hpp>
#include <tivit/json_codec.hpp>

namespace {
const bool added = tivit::add_json_codec<nlohmann::json>(
    "json", [](const nlohmann::json& value) { return value; }, [](const nlohmann::json& value) { return value; }, {{"", "json", "", ""}});
}
