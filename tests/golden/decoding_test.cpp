// metrics.json: aggregation over keys, hysteresis.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_decoding)

BOOST_AUTO_TEST_CASE(aggregation_over_keys) {
  const auto golden = golden_json("metrics.json");
  if (!golden) return;
  const auto logits = golden_arrays("metrics.npz").at("aggregate_logits");
  GoldenGraph graph("aggregation");
  graph.source("arrays", {{{"roll", logits[0]}}, {{"roll", logits[1]}}});
  json kept = json::object();
  std::vector<std::pair<std::string, json>> rows;
  for (const auto& row : (*golden)["aggregation"]) {
    json parameters;
    for (const char* name : {"mode", "threshold", "k", "top_k", "tau_sum", "temperature", "bias"}) parameters[name] = row[name];
    if (!row["cap_count"].is_null()) parameters["cap"] = row["cap_count"];
    if (row["mode"] == "no_such_mode") continue;  // there it meant "any"; here no such value is taken
    const std::string name = "case" + std::to_string(rows.size());
    rows.emplace_back(name, row);
    graph.stage(name, "notes/aggregate", "arrays.roll", parameters);
    for (const char* output : {"active", "keys", "kept"}) kept[name + "_" + output] = name + "." + output;
  }
  graph.keep("out", kept);
  graph.run();
  for (int clip = 0; clip < 2; ++clip) {
    const Fields found = graph.result("out", "arrays", clip);
    for (const auto& [name, row] : rows) {
      const auto active = row["active"][clip].get<std::vector<std::int64_t>>(), keys = row["keys"][clip].get<std::vector<std::int64_t>>();
      BOOST_TEST(at::equal(found.at(name + "_active").to(at::kLong), at::tensor(active, at::kLong)), row["mode"] << " clip " << clip);
      BOOST_TEST(at::equal(found.at(name + "_keys").sum(1), at::tensor(keys, at::kLong)), row["mode"] << " clip " << clip);
      BOOST_TEST(at::equal(found.at(name + "_kept").gt(0), found.at(name + "_keys")), row["mode"] << " clip " << clip);
    }
  }
}

BOOST_AUTO_TEST_CASE(hysteresis_segments) {
  const auto golden = golden_json("metrics.json");
  if (!golden) return;
  const auto& wanted = (*golden)["hysteresis"];
  const Fields arrays = golden_arrays("metrics.npz");
  GoldenGraph graph("hysteresis");
  std::vector<std::pair<std::string, json>> rows;
  const auto decode = [&](const std::string& source, const json& given, const json& row) {
    json parameters{{"input", "probabilities"}};
    for (const char* name : {"open", "hold"})
      if (given.contains(name)) parameters[name] = given[name];
    for (const char* name : {"min_on", "min_off", "merge_gap", "median"})
      if (given.contains(name)) parameters[name] = std::max(0, given[name].get<int>());  // below 0 is refused here, and meant 0 there
    if (given.contains("low_ratio")) parameters["hold_share"] = given["low_ratio"];
    const std::string name = source + std::to_string(rows.size());
    graph.stage(name, "notes/hysteresis", source + ".roll", parameters);
    graph.keep("out_" + name, {{"active", name}});
    rows.emplace_back(name, row);
  };
  const std::vector<double> curve{.1, .4, .3, .2, .4, .5, .1, .1, .5, .1, .6, .6, .25, .1};
  graph.source("random", {{{"roll", arrays.at("hysteresis_probs")}}});
  graph.source("odd", {{{"roll", arrays.at("hysteresis_odd_probs")}}});
  graph.source("spec", {{{"roll", at::tensor(curve, at::kFloat).unsqueeze(1)}}});
  for (const auto& row : wanted["cases"]) decode("random", row["given"], row);
  for (const auto& row : wanted["odd_values"]["cases"]) decode("odd", row, row);
  for (const auto& row : wanted["spec_10"]) decode("spec", row, row);
  graph.run();
  for (const auto& [name, row] : rows) {
    const std::string source = name.substr(0, name.find_first_of("0123456789"));
    const auto active = graph.result("out_" + name, source).at("active");
    auto cells = at::zeros_like(active);
    if (row.contains("bits")) {
      const std::string bits = row["bits"];
      for (std::size_t t = 0; t < bits.size(); ++t) cells[static_cast<std::int64_t>(t)][0] = bits[t] == '1';
    } else {
      for (const auto& segment : row["segments"])
        cells.select(1, segment[0].get<int>()).slice(0, segment[1].get<int>(), segment[2].get<int>()).fill_(true);
    }
    BOOST_TEST(at::equal(active, cells), name << " " << row.dump());
  }
}

BOOST_AUTO_TEST_CASE(gates_of_every_configuration_seen_on_a_slope) {
  const auto golden = golden_json("metrics.json");
  if (!golden) return;
  // Up from 0 to 1 and down again: a segment begins at the open gate and ends at the hold gate.
  const int top = 4000;
  const auto up = at::arange(top + 1, at::kFloat).div(top);
  GoldenGraph graph("gates");
  graph.source("slope", {{{"roll", at::cat({up, up.flip(0)}).unsqueeze(1)}}});
  json kept = json::object();
  std::vector<json> gates;
  for (const auto& row : (*golden)["hysteresis"]["config_resolution"])
    for (const char* head : {"onset", "offset"}) {
      const auto& given = row[head]["normalised"];
      json parameters{{"input", "probabilities"}, {"head", head}, {"threshold", row["sweep_threshold"]}};
      for (const char* count : {"min_on", "min_off", "merge_gap", "median"}) parameters[count] = given[count];
      for (const char* gate : {"open", "hold"})
        if (given[gate + std::string("_defined")]) parameters[gate] = given[gate];
      if (!given["open_defined"] && !given["hold_defined"]) parameters["hold_share"] = given["low_ratio"];
      const std::string name = "case" + std::to_string(gates.size());
      graph.stage(name, "notes/hysteresis", "slope.roll", parameters);
      kept[name] = name;
      gates.push_back(row[head]["gates_at_sweep_threshold"]);
    }
  graph.keep("out", kept);
  graph.run();
  const Fields found = graph.result("out", "slope");
  for (std::size_t i = 0; i < gates.size(); ++i) {
    const auto active = found.at("case" + std::to_string(i)).select(1, 0).nonzero();
    const double open = gates[i]["open"], hold = gates[i]["hold"];
    BOOST_TEST_REQUIRE(active.numel() > 0);
    const double begin = active[0][0].item<double>() / top, end = (2 * top + 1 - active[-1][0].item<double>()) / top;
    BOOST_TEST(std::abs(begin - open) <= 1.01 / top, "open gate of case " << i << ": " << begin << ", not " << open);
    BOOST_TEST(std::abs(end - hold) <= 2.01 / top, "hold gate of case " << i << ": " << end << ", not " << hold);
  }
}

BOOST_AUTO_TEST_SUITE_END()
