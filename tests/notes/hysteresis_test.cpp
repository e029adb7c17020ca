// The hysteresis decoder against golden rows, and runs of cells as notes.
#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/notes/hysteresis_decoder.hpp>
#include <stages/notes/note.hpp>
#include <tests/shared_data.hpp>
#include <tivit/tensor/stage.hpp>

namespace {

using nlohmann::json;

std::optional<json> golden() {
  const auto path = tivit::tests::shared("golden/metrics.json");
  if (!path) return std::nullopt;
  return json::parse(std::ifstream(*path))["hysteresis"];
}

/// Runs notes/hysteresis on one column with the parameters that `given` names.
std::string active_bits(const std::vector<double>& curve, const json& given) {
  auto stage = tivit::Registry::instance().find("notes/hysteresis").make();
  stage->set("input", {std::string("probabilities")});
  for (const char* gate : {"open", "hold"})
    if (given.contains(gate)) stage->set(gate, {given[gate].get<double>()});
  for (const char* count : {"min_on", "min_off", "merge_gap", "median"})
    if (given.contains(count)) stage->set(count, {given[count].get<std::int64_t>()});
  const auto roll = at::tensor(curve, at::kFloat).unsqueeze(1);
  tivit::Context context;
  const auto out = stage->call({{"roll", tivit::Payload::of(roll)}}, context);
  const auto active = out.at(0).as<at::Tensor>();
  std::string bits;
  for (std::int64_t t = 0; t < active.size(0); ++t) bits += active[t][0].item<bool>() ? '1' : '0';
  return bits;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hysteresis)

BOOST_AUTO_TEST_CASE(the_worked_example_comes_out_bit_by_bit) {
  const auto rows = golden();
  if (!rows) return;
  const std::vector<double> curve{.1, .4, .3, .2, .4, .5, .1, .1, .5, .1, .6, .6, .25, .1};
  for (const auto& row : (*rows)["spec_10"]) BOOST_TEST(active_bits(curve, row) == row["bits"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(gates_are_resolved_as_measured) {
  const auto rows = golden();
  if (!rows) return;
  for (const auto& row : (*rows)["config_resolution"])
    for (const char* head : {"onset", "offset"}) {
      const json& given = row[head]["normalised"];
      const json& wanted = row[head]["gates_at_sweep_threshold"];
      const auto value = [&](const char* name, const char* flag) {
        return given[flag].get<bool>() ? std::optional<double>(given[name].get<double>()) : std::nullopt;
      };
      tivit::notes::HysteresisRules defaults;
      if (std::string(head) == "offset") defaults.open = 0.32, defaults.hold = 0.24;
      const auto share = given["hold_defined"].get<bool>() || given["open_defined"].get<bool>() ? std::optional<double>()
                                                                                                : given["low_ratio"].get<double>();
      const auto rules = tivit::notes::resolve_gates(defaults, value("open", "open_defined"), value("hold", "hold_defined"), share,
                                                     row["sweep_threshold"].get<double>());
      BOOST_TEST(rules.open == wanted["open"].get<double>(), boost::test_tools::tolerance(1e-12));
      BOOST_TEST(std::abs(rules.hold - wanted["hold"].get<double>()) < 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(runs_are_notes_and_are_cut_where_the_key_is_struck_again) {
  auto stage = tivit::Registry::instance().find("notes/segments").make();
  auto active = at::zeros({12, 88}, at::kBool), onsets = at::zeros({12, 88}, at::kBool);
  active.narrow(0, 2, 6).select(1, 39).fill_(true);
  active.narrow(0, 10, 2).select(1, 87).fill_(true);
  onsets.narrow(0, 2, 1).select(1, 39).fill_(true);
  onsets.narrow(0, 5, 2).select(1, 39).fill_(true);
  tivit::Context context;
  context.in_.set(tivit::TimeGrid::from_rate(10));
  const auto notes = stage->call({{"active", tivit::Payload::of(active)}, {"onsets", tivit::Payload::of(onsets)}}, context)
                         .at(0)
                         .as<tivit::notes::Notes>();
  BOOST_REQUIRE(notes.list.size() == 3);
  BOOST_CHECK(notes.list[0] == (tivit::notes::Note{0.2, 0.5, 60, 64}));
  BOOST_CHECK(notes.list[1] == (tivit::notes::Note{0.5, 0.8, 60, 64}));
  BOOST_TEST(notes.list[2].pitch == 108);
  BOOST_TEST(notes.list[2].offset_s == 1.2, boost::test_tools::tolerance(1e-12));
  const auto whole = stage->call({{"active", tivit::Payload::of(active)}, {"onsets", {}}}, context).at(0).as<tivit::notes::Notes>();
  BOOST_TEST(whole.list.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_threshold_keeps_what_reaches_it) {
  auto stage = tivit::Registry::instance().find("notes/threshold").make();
  stage->set("onset", {0.25});
  auto roll = at::zeros({2, 88});
  roll[1][3] = 0.25;
  roll[0][4] = 0.24999;
  tivit::Context context;
  const auto active = stage->call({{"roll", tivit::Payload::of(roll)}}, context).at(0).as<at::Tensor>();
  BOOST_TEST(active.sum().item<int>() == 1);
  BOOST_TEST(active[1][3].item<bool>());
}

BOOST_AUTO_TEST_SUITE_END()
