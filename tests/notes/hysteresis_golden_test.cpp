// Segments of the hysteresis decoder on random curves, against golden rows.
#include <ATen/core/Tensor.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/npz.hpp>
#include <stages/notes/hysteresis_decoder.hpp>
#include <tests/shared_data.hpp>

namespace {

using nlohmann::json;
using tivit::notes::HysteresisRules;

std::optional<double> gate(const json& given, const char* name) {
  return given.contains(name) ? std::optional<double>(given[name].get<double>()) : std::nullopt;
}

void compare(const at::Tensor& curves, const json& given, const json& wanted) {
  HysteresisRules fallback;
  fallback.min_on = given.value("min_on", fallback.min_on);
  fallback.min_off = given.value("min_off", fallback.min_off);
  fallback.merge_gap = given.value("merge_gap", fallback.merge_gap);
  fallback.median = given.value("median", fallback.median);
  const auto rules =
      tivit::notes::resolve_gates(fallback, gate(given, "open"), gate(given, "hold"), gate(given, "low_ratio"), std::nullopt);
  json segments = json::array();
  for (std::int64_t key = 0; key < curves.size(1); ++key) {
    const auto column = curves.select(1, key).to(at::kDouble).contiguous();
    const double* values = column.const_data_ptr<double>();
    for (const auto& [begin, end] : tivit::notes::hysteresis_segments({values, values + column.numel()}, rules))
      segments.push_back({key, begin, end});
  }
  BOOST_TEST(segments == wanted, given.dump() << " gives " << segments.dump() << ", not " << wanted.dump());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hysteresis_golden)

BOOST_AUTO_TEST_CASE(segments_of_every_parameter_set) {
  const auto text = tivit::tests::shared("golden/metrics.json"), arrays = tivit::tests::shared("golden/metrics.npz");
  if (!text || !arrays) return;
  const auto golden = json::parse(std::ifstream(*text))["hysteresis"];
  const auto rolls = tivit::data::read_npz(*arrays).arrays;
  for (const auto& row : golden["cases"]) compare(rolls.at("hysteresis_probs"), row["given"], row["segments"]);
  for (const auto& row : golden["odd_values"]["cases"]) compare(rolls.at("hysteresis_odd_probs"), row, row["segments"]);
}

BOOST_AUTO_TEST_SUITE_END()
