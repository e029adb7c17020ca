#include "broken_stages.hpp"

#include <tivit/codec.hpp>

namespace tivit::tests {
namespace {

[[maybe_unused]] const bool known = add_codec<Number>(
    "number", [](const Number& n) { return std::to_string(n.value); },
    [](std::string_view bytes) { return Number{std::stoll(std::string(bytes))}; },
    [](std::string_view before, std::string_view now) { return ": " + std::string(before) + ", now " + std::string(now); });

TIVIT_STAGE("broken/double", Double)
TIVIT_STAGE("broken/running", Running)
TIVIT_STAGE("broken/spread", Spread)
TIVIT_STAGE("broken/total", Total)
TIVIT_STAGE("broken/pairs", Pairs)
TIVIT_STAGE("broken/apart", Apart)
TIVIT_STAGE("broken/four", Four)
TIVIT_STAGE("broken/write", Write)
TIVIT_STAGE("broken/pass", Pass)

}  // namespace
}  // namespace tivit::tests
