// metrics.json: step, cell and event figures, aggregation, hysteresis.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <sstream>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

/// Logits and targets of a golden batch as metrics/steps and train/loss take them.
Fields batch_of(const Fields& arrays, const std::string& prefix) {
  Fields item;
  for (const char* head : {"pitch", "onset", "offset", "hand", "clef"}) {
    const std::string roll = prefix + "_" + head + "_roll", frame = prefix + "_" + head + "_frame";
    if (const auto* logits = arrays.find(prefix + "_" + head + "_logits")) item.set("logits." + std::string(head), *logits);
    if (const auto* target = arrays.has(roll) ? arrays.find(roll) : arrays.find(frame))
      item.set("batch.targets." + std::string(head), *target);
  }
  return item;
}

json report_of(const GoldenGraph& graph, const std::string& name) { return json::parse(read_file(graph.folder() / (name + ".json"))); }

void report(GoldenGraph& graph, const std::string& stage) {
  graph.stage("report_" + stage, "report/json", stage, {{"to", (graph.folder() / (stage + ".json")).string()}});
}
}  // namespace

BOOST_AUTO_TEST_SUITE(golden_metrics)

BOOST_AUTO_TEST_CASE(steps_of_any_pitch_and_the_line_that_was_printed) {
  const auto golden = golden_json("metrics.json");
  if (!golden) return;
  const auto& wanted = (*golden)["any_pitch_step_f1"];
  const Fields arrays = golden_arrays("metrics.npz");
  GoldenGraph graph("any-pitch");
  graph.source("arrays", {batch_of(arrays, "val0"), batch_of(arrays, "val1"), batch_of(arrays, "val2")});
  json weights{{"style", "tivit"}};
  for (const auto& [name, value] : wanted["loss_weights"].items())
    value.is_string() || name.find('_') != std::string::npos ? weights[name] = value : weights["weights." + name] = value;
  graph.stage("loss", "train/loss", "arrays.*", weights);
  for (std::size_t i = 0; i < wanted["cases"].size(); ++i) {
    const auto& threshold = wanted["cases"][i]["prob_threshold"];
    const std::string stage = "steps" + std::to_string(i);
    graph.stage(stage, "metrics/steps", {{"logits", "arrays.logits"}, {"batch", "arrays.batch"}, {"loss", "loss"}},
                threshold.is_null() ? json::object() : json{{"threshold", threshold}});
    report(graph, stage);
    graph.stage("line" + std::to_string(i), "report/val_line", stage, {{"title", "Val " + std::to_string(i)}});
  }
  const auto outcome = graph.execute();
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  for (std::size_t i = 0; i < wanted["cases"].size(); ++i) {
    const auto& row = wanted["cases"][i];
    const json found = report_of(graph, "steps" + std::to_string(i))["values"];
    BOOST_TEST(found.size() == row["values"].size());
    for (const auto& [name, value] : row["values"].items())
      BOOST_TEST(near(found[name], value, 1e-5), name << " is " << found[name] << ", not " << value);
    const std::string line = "Val " + std::to_string(i) + row["line"].get<std::string>().substr(3) + "\n";
    BOOST_TEST(outcome.output.find(line) != std::string::npos, line << outcome.output);
  }
}

BOOST_AUTO_TEST_CASE(cells_at_full_precision_and_as_the_program_printed_them) {
  const auto golden = golden_json("metrics.json");
  if (!golden) return;
  const auto& wanted = (*golden)["cell_f1"];
  const Fields arrays = golden_arrays("metrics.npz");
  GoldenGraph graph("cells");
  graph.source("arrays", {batch_of(arrays, "eval0"), batch_of(arrays, "eval1")});
  json thresholds = json::array();
  for (const auto& row : wanted["full_precision_onset"]) thresholds.push_back(row["prob_threshold"]);
  const auto steps = [&](const std::string& name, json parameters) {
    graph.stage(name, "metrics/steps", "arrays.*", std::move(parameters));
    report(graph, name);
  };
  steps("full", {{"onset_thresholds", thresholds}, {"offset_thresholds", thresholds}});
  // The printed thresholds are exact: they have at most two decimals.
  std::map<std::string, std::vector<std::vector<double>>> tables;
  for (std::size_t i = 0; i < wanted["cli"].size(); ++i) {
    const auto& args = wanted["cli"][i]["args"];
    const auto option = [&](const std::string& name) {
      for (std::size_t k = 0; k + 1 < args.size(); ++k)
        if (args[k] == name) return std::stod(args[k + 1].get<std::string>());
      return name == "--temperature" ? 1.0 : 0.0;
    };
    auto& rows = tables["cli" + std::to_string(i)];
    json onset = json::array(), offset = json::array();
    for (const auto& line : wanted["cli"][i]["stdout"]) {
      std::istringstream cells(line.get<std::string>());
      std::vector<double> row(6);
      for (double& cell : row) cells >> cell;
      if (!cells) continue;
      rows.push_back(row);
      onset.push_back(row[0]), offset.push_back(row[1]);
    }
    if (rows.empty()) continue;
    // Whether a list held probabilities or logits is not printed; a threshold below 0 or a figure tells.
    const std::string text = args.dump();
    const bool logits = (text.find("\"--thresholds") != std::string::npos && text.find("cal_prob.json\",\"--prob") == std::string::npos) ||
                        text == R"(["--calibration","cal.json"])";
    steps("cli" + std::to_string(i), {{"onset_thresholds", onset},
                                      {"offset_thresholds", offset},
                                      {"thresholds_are", logits ? "logits" : "probabilities"},
                                      {"temperature", option("--temperature")},
                                      {"bias", option("--bias")}});
  }
  graph.run();
  const json full = report_of(graph, "full")["rows"];
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const auto& row = wanted["full_precision_onset"][i];
    const auto& found = full[i]["onset"];
    for (const char* count : {"tp", "fp", "fn"}) BOOST_TEST(found[count] == row[count], count << " at " << thresholds[i]);
    for (const char* ratio : {"f1", "pred_rate", "pos_rate"})
      BOOST_TEST(near(found[ratio], row[ratio], 1e-6), ratio << " at " << thresholds[i]);
  }
  int compared = 0;
  for (const auto& [name, rows] : tables) {
    if (rows.empty()) continue;
    const json found = report_of(graph, name)["rows"];
    for (std::size_t i = 0; i < rows.size(); ++i, ++compared) {
      const auto& onset = found[i]["onset"];
      const double figures[] = {onset["f1"], found[i]["offset"]["f1"], onset["pred_rate"], onset["pos_rate"]};
      for (int k = 0; k < 4; ++k)
        BOOST_TEST(std::abs(figures[k] - rows[i][2 + k]) < 0.0005 + 1e-9,
                   name << " row " << i << " column " << 2 + k << ": " << figures[k]);
    }
  }
  BOOST_TEST(compared > 50);
}

BOOST_AUTO_TEST_CASE(events_of_every_clip_by_the_intended_rule) {
  const auto golden = golden_json("metrics.json");
  if (!golden) return;
  const auto& wanted = (*golden)["event_f1"];
  const auto shape = wanted["shape"].get<std::vector<std::int64_t>>();
  Fields item;
  for (const auto& [name, cells, low, high] :
       {std::tuple{"logits", "pred_cells", -9.f, 9.f}, {"batch.targets", "target_cells", 0.f, 1.f}}) {
    const auto roll = at::full(shape, low);
    for (const auto& cell : wanted[cells]) roll[cell[0].get<int>()][cell[1].get<int>()][cell[2].get<int>()] = high;
    for (const char* head : {".onset", ".offset"}) item.set(name + std::string(head), roll);
  }
  GoldenGraph graph("events");
  graph.source("arrays", {item});
  std::vector<std::pair<std::string, json>> rows;
  for (const char* table : {"cases", "whole_frame_tolerances_own_reference"})
    for (const auto& row : wanted[table]) {
      rows.emplace_back("events" + std::to_string(rows.size()), row);
      graph.stage(rows.back().first, "metrics/steps", "arrays.*", {{"tolerance", row["tolerance_frames"]}});
      report(graph, rows.back().first);
    }
  graph.run();
  for (const auto& [name, row] : rows) {
    const json found = report_of(graph, name)["rows"][0]["onset"];
    BOOST_TEST_CONTEXT("tolerance " << row["tolerance_frames"]) {
      BOOST_TEST(found["event_tp"] == row["true_positives"]);
      BOOST_TEST(found["event_fp"] == row["false_positives"]);
      BOOST_TEST(found["event_fn"] == row["false_negatives"]);
      for (const char* ratio : {"precision", "recall", "f1"})
        BOOST_TEST(near(found["event_" + std::string(ratio)], row[ratio], 1e-9), ratio << " " << found << row);
    }
  }
}

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
