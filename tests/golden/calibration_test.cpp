// calibration.json: best thresholds, F1 curves, ECE and Brier scores of the Python program; its Platt fit's true optimum.
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <cmath>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

struct Golden {
  json values = golden_json("calibration.json").value_or(json());
  Fields arrays = values.is_null() ? Fields{} : golden_arrays("calibration.npz");

  Fields head(const std::string& name, const std::string& head) const {
    return {{"logits." + head, arrays.at(name + "_logits").reshape({-1, 88})},
            {"targets." + head, arrays.at(name + "_targets").reshape({-1, 88})}};
  }
  /// The cells of a case. Where nothing is positive, another head keeps the stage from ending with nothing.
  Fields of_case(const std::string& name) const {
    return name == "no_positives" ? both(name, "onset", "separable", "other") : head(name, "onset");
  }
  Fields both(const std::string& name, const std::string& as, const std::string& other, const std::string& other_as) const {
    Fields all = head(name, as);
    for (const auto& [array, values] : head(other, other_as)) all.set(array, values);
    return all;
  }
};

/// A run that calibrates heads, each record by itself.
class Calibrations {
 public:
  explicit Calibrations(const std::string& name) : graph_("calibration-" + name) {}
  void add(const std::string& name, const Fields& arrays, json settings) {
    settings["criterion"] = "cells";
    graph_.source(name, {arrays}, {{"rate", 15}});
    graph_.stage("find_" + name, "calibrate/thresholds", name + ".*", settings);
    for (const char* result : {"calibration", "report"})
      graph_.stage(result + ("_" + name), "report/json", "find_" + name + "." + result, {{"to", file(name, result).string()}});
    graph_.stage("diagram_" + name, "report/reliability", "find_" + name + ".report", {{"to", file(name, "diagram.png").string()}});
  }
  void run() { graph_.run(); }
  json calibration(const std::string& name) const { return json::parse(read_file(file(name, "calibration"))); }
  json head(const std::string& name) const { return json::parse(read_file(file(name, "report")))["heads"]["onset"]; }
  bool has_diagram(const std::string& name) const { return fs::exists(file(name, "diagram.png")); }

 private:
  fs::path file(const std::string& name, const std::string& result) const {
    return graph_.folder() / (name + "." + (result.ends_with(".png") ? result : result + ".json"));
  }
  GoldenGraph graph_;
};

const json as_the_program{{"fit", "none"}, {"grid", "fixed"}};

void close(double found, double wanted, double tolerance, const std::string& what) {
  BOOST_TEST(std::abs(found - wanted) <= tolerance, what << ": " << found << " is not " << wanted);
}

void same_bins(const json& found, const json& wanted, const std::string& name) {
  BOOST_TEST(found["counts"] == wanted["counts"], name << " " << found["counts"] << wanted["counts"]);
  close(found["ece"], wanted["ece"], 1e-6, name);
  close(found["brier"], wanted["brier"], 1e-6, name);
  for (int bin = 0; bin < 10; ++bin) {
    close(found["mean_probability"][bin], wanted["mean_probability"][bin], 1e-6, name);
    close(found["mean_target"][bin], wanted["mean_target"][bin], 1e-6, name);
  }
}

/// The point of a curve at a threshold.
json point(const json& curve, const char* kind, double threshold) {
  for (const auto& row : curve)
    if (row[kind] == threshold) return row;
  BOOST_FAIL("no " << kind << " " << threshold);
  return {};
}

/// The float32 logit whose float32 probability is nearest to p of those in p's bin.
float logit_of(double p, const std::vector<double>& edges) {
  const auto bin_of = [&](double value) {
    const auto above = std::upper_bound(edges.begin(), edges.end() - 1, value);
    return above - edges.begin();
  };
  if (p <= 0 || p >= 1) return p <= 0 ? -200 : 200;
  auto logit = static_cast<float>(std::log(p / (1 - p)));
  const auto probability = [&] { return static_cast<float>(1 / (1 + std::exp(-static_cast<double>(logit)))); };
  while (bin_of(probability()) != bin_of(p)) logit = std::nextafter(logit, bin_of(probability()) < bin_of(p) ? INFINITY : -INFINITY);
  return logit;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(golden_calibration)

BOOST_AUTO_TEST_CASE(thresholds_curves_and_reliability) {
  const Golden golden;
  if (golden.values.is_null()) return;
  Calibrations run("thresholds");
  for (const auto& row : golden.values["cases"]) run.add(row["name"], golden.of_case(row["name"]), as_the_program);
  run.run();
  BOOST_TEST(golden.values["cases"].size() == 6u);
  for (const auto& row : golden.values["cases"]) {
    const std::string name = row["name"];
    const json found = run.head(name), &best = row["best"];
    BOOST_TEST(run.has_diagram(name));
    BOOST_TEST(run.calibration(name).contains("onset") == (name != "no_positives"));  // the program gave such a head its first threshold
    BOOST_TEST(found["best_logit"] == best["best_logit"], name << " " << found);
    BOOST_TEST(found["best_prob"] == best["best_prob"], name << " " << found);
    close(found["pos_rate"], best["pos_rate"], 1e-6, name);
    const json at_logit = point(found["curve"], "logit", best["best_logit"]),
               at_probability = point(found["probability_curve"], "probability", best["best_prob"]);
    for (const char* figure : {"f1", "pred_rate"}) {
      close(at_logit[figure], best[figure + std::string("_logit")], 1e-6, name);
      close(at_probability[figure], best[figure + std::string("_prob")], 1e-6, name);
    }
    BOOST_TEST_REQUIRE(found["curve"].size() == row["f1_over_logit_grid"].size());
    BOOST_TEST_REQUIRE(found["probability_curve"].size() == row["f1_over_prob_grid"].size());
    for (std::size_t i = 0; i < found["curve"].size(); ++i) {
      close(found["curve"][i]["f1"], row["f1_over_logit_grid"][i], 1e-6, name);
      close(found["curve"][i]["logit"], golden.values["logit_grid"][i], 2e-7, name);  // the last digit of float32
    }
    for (std::size_t i = 0; i < found["probability_curve"].size(); ++i) {
      close(found["probability_curve"][i]["f1"], row["f1_over_prob_grid"][i], 1e-6, name);
      BOOST_TEST(found["probability_curve"][i]["probability"] == golden.values["prob_grid"][i]);
    }
    same_bins(found["before"], row["reliability_10_bins"], name);
  }
}

BOOST_AUTO_TEST_CASE(thresholds_of_two_heads_as_the_program_wrote_them) {
  const Golden golden;
  if (golden.values.is_null()) return;
  Calibrations run("two-heads");
  run.add("both", golden.both("separable", "onset", "weak", "offset"), as_the_program);
  run.run();
  const auto found = run.calibration("both");
  const auto wanted = json::parse(golden.values["cli_onset_separable_offset_weak"]["calibration_json_text"].get<std::string>());
  BOOST_TEST(wanted.size() == 2u);
  for (const auto& [head, values] : wanted.items())
    for (const auto& [name, value] : values.items()) BOOST_TEST(found[head][name] == value, head << " " << name);
}

BOOST_AUTO_TEST_CASE(the_platt_fit_reaches_the_optimum) {
  const Golden golden;
  if (golden.values.is_null()) return;
  Calibrations run("platt");
  for (const auto& row : golden.values["cases"]) run.add(row["name"], golden.of_case(row["name"]), json::object());
  run.run();
  for (const auto& row : golden.values["cases"]) {
    const std::string name = row["name"];
    const json found = run.head(name);
    if (!row.contains("platt_optimum_own")) {  // no positives: nothing to fit
      BOOST_TEST(name == "no_positives");
      BOOST_TEST(found["platt_scale"] == 1.0);
      BOOST_TEST(found["fit_refused"] == "nothing is positive");
      continue;
    }
    const auto& optimum = row["platt_optimum_own"];
    const double scale = optimum["scale"];
    close(found["platt_scale"], scale, 1e-3, name);
    close(found["platt_bias"], optimum["bias"], 1e-3, name);
    close(found["temperature"], 1 / scale, 1e-3 / (scale * scale), name);
    close(found["fit_objective"], optimum["objective"], 1e-6, name);
    BOOST_TEST(found["after"]["brier"].get<double>() <= found["before"]["brier"].get<double>() + 1e-4);
    close(found["calibrated_pred_rate"], found["pos_rate"], 2e-3, name);
  }
}

/// A graph has probabilities of float32 from logits of float32, of which those nearest to 0.3, 0.6 and 0.9 lie in another bin.
BOOST_AUTO_TEST_CASE(bins_and_their_edges) {
  const Golden golden;
  if (golden.values.is_null()) return;
  const auto edges = golden.values["bin_edges"]["edges"].get<std::vector<double>>();
  Calibrations run("bins");
  for (const char* name : {"spec_11", "bin_edges"}) {
    const auto& wanted = golden.values[name];
    std::vector<float> logits;
    for (const auto& p : wanted["p"]) logits.push_back(logit_of(p, edges));
    const auto column = [](const std::vector<float>& values) { return at::tensor(values).reshape({-1, 1}); };
    run.add(name, {{"logits.onset", column(logits)}, {"targets.onset", column(wanted["t"].get<std::vector<float>>())}}, as_the_program);
  }
  run.run();
  for (const char* name : {"spec_11", "bin_edges"}) same_bins(run.head(name)["before"], golden.values[name], name);
}

BOOST_AUTO_TEST_SUITE_END()
