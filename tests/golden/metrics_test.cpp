// metrics.json: figures of steps, cells and events; metrics_dump_logits.npz.
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
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

/// --dump_logits at temperature 2 and bias 0.5, which the Python program put on its onsets and offsets alone.
BOOST_AUTO_TEST_CASE(logits_that_the_program_dumped) {
  if (!shared("golden/metrics_dump_logits.npz")) return;
  const auto dump = tivit::data::read_npz(shared_path("golden/metrics_dump_logits.npz"));
  const Fields arrays = golden_arrays("metrics.npz");
  Fields item;
  for (const std::string head : {"pitch", "onset", "offset"}) {
    const auto one = arrays.at("eval0_" + head + "_logits"), two = arrays.at("eval1_" + head + "_logits");
    item.set("logits." + head, at::cat({one, two}).flatten(0, 1));  // a dump has clips one behind the other
  }
  GoldenGraph graph("dump");
  const auto calibration = graph.folder() / "calibration.json";
  const json line{{"temperature", 2}, {"logit_bias", 0.5}, {"best_prob", 0.5}};
  std::ofstream(calibration) << json{{"onset", line}, {"offset", line}};
  graph.source("arrays", {item}, {{"rate", 30}});
  graph.stage("apply", "calibrate/apply", "arrays.*", {{"file", calibration.string()}});
  graph.stage("save", "report/logits", {{"logits", "apply"}}, {{"to", (graph.folder() / "made.npz").string()}});
  // The dump itself, read and written again.
  graph.table("stages.dump", {{"use", "data/logits"}, {"files", {shared_path("golden/metrics_dump_logits.npz").string()}}});
  graph.stage("again", "report/logits", {{"logits", "dump.logits"}, {"rest", "dump.rest"}},
              {{"to", (graph.folder() / "again.npz").string()}});
  graph.run();
  for (const char* name : {"made.npz", "again.npz"}) {
    const auto found = tivit::data::read_npz(graph.folder() / name);
    BOOST_TEST(found.arrays.size() == 3u, name);
    BOOST_TEST(dump.arrays.size() == 3u);
    for (const auto& [array, wanted] : dump.arrays) BOOST_TEST(furthest(found.arrays.at(array), wanted) == 0, name << " " << array);
    BOOST_TEST_REQUIRE(found.texts.size() == 1u);
    BOOST_TEST(found.texts[0].first == "meta");
    BOOST_TEST(json::parse(found.texts[0].second) == json::parse(dump.texts.at(0).second), name << " " << found.texts[0].second);
  }
}

BOOST_AUTO_TEST_SUITE_END()
