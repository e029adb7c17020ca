// Best thresholds, F1 curves, ECE and Brier scores of the Python program; its Platt fit's true optimum.
#include <cmath>
#include <stages/calibrate/platt.hpp>

#include "golden.hpp"

namespace {

using namespace tivit;
using namespace tivit::tests;
using nlohmann::json;

struct Golden {
  json values;
  Fields arrays;
  Fields logits_and_targets(const std::string& name, const std::string& head) const {
    return {{"logits." + head, arrays.at(name + "_logits").reshape({-1, 88})},
            {"targets." + head, arrays.at(name + "_targets").reshape({-1, 88})}};
  }
};

std::optional<Golden> golden() {
  const auto text = shared("golden/calibration.json"), arrays = shared("golden/calibration.npz");
  if (!text || !arrays) return std::nullopt;
  return Golden{read_json(*text), data::read_npz(*arrays).arrays};
}

/// calibrate/thresholds of the logits of a case. Where nothing is positive, another head keeps the run from ending with nothing.
Calibrated calibrated_case(const Golden& data, const std::string& name, const std::string& settings) {
  Fields arrays = data.logits_and_targets(name, "onset");
  if (name == "no_positives")
    for (const auto& [array, values] : data.logits_and_targets("separable", "other")) arrays.set(array, values);
  return calibrated(arrays, settings);
}

void near(double found, double wanted, double tolerance, const std::string& what) {
  BOOST_TEST(std::abs(found - wanted) <= tolerance, what << ": " << found << " is not " << wanted);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_calibration)

BOOST_AUTO_TEST_CASE(thresholds_curves_and_reliability_through_a_graph) {
  const auto data = golden();
  if (!data) return;
  for (const auto& row : data->values["cases"]) {
    const std::string name = row["name"];
    const auto found = calibrated_case(*data, name, "fit = \"none\"\ngrid = \"fixed\"\n");
    const auto& report = found.report["heads"]["onset"];
    const auto& entry = report;
    BOOST_TEST(found.calibration.contains("onset") == (name != "no_positives"));  // the program gave such a head its first threshold
    BOOST_TEST(entry["best_logit"] == row["best"]["best_logit"], name << " " << entry);
    BOOST_TEST(entry["best_prob"] == row["best"]["best_prob"], name << " " << entry);
    near(entry["pos_rate"], row["best"]["pos_rate"], 1e-6, name);
    BOOST_TEST_REQUIRE(report["curve"].size() == row["f1_over_logit_grid"].size());
    BOOST_TEST_REQUIRE(report["probability_curve"].size() == row["f1_over_prob_grid"].size());
    for (std::size_t i = 0; i < report["curve"].size(); ++i) {
      near(report["curve"][i]["f1"], row["f1_over_logit_grid"][i], 1e-6, name);
      near(report["curve"][i]["logit"], data->values["logit_grid"][i], 2e-7, name);  // the last digit of float32
    }
    for (std::size_t i = 0; i < report["probability_curve"].size(); ++i) {
      near(report["probability_curve"][i]["f1"], row["f1_over_prob_grid"][i], 1e-6, name);
      BOOST_TEST(report["probability_curve"][i]["probability"] == data->values["prob_grid"][i]);
    }
    const auto& bins = row["reliability_10_bins"];
    BOOST_TEST(report["before"]["counts"] == bins["counts"], name);
    near(report["before"]["ece"], bins["ece"], 1e-6, name);
    near(report["before"]["brier"], bins["brier"], 1e-6, name);
    for (int bin = 0; bin < 10; ++bin) {
      near(report["before"]["mean_probability"][bin], bins["mean_probability"][bin], 1e-6, name);
      near(report["before"]["mean_target"][bin], bins["mean_target"][bin], 1e-6, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(thresholds_of_two_heads_as_the_program_wrote_them) {
  const auto data = golden();
  if (!data) return;
  Fields both = data->logits_and_targets("separable", "onset");
  for (const auto& [name, array] : data->logits_and_targets("weak", "offset")) both.set(name, array);
  const auto found = calibrated(both, "fit = \"none\"\ngrid = \"fixed\"\n").calibration;
  const auto wanted = json::parse(data->values["cli_onset_separable_offset_weak"]["calibration_json_text"].get<std::string>());
  for (const auto& [head, values] : wanted.items())
    for (const auto& [name, value] : values.items()) BOOST_TEST(found[head][name] == value, head << " " << name);
}

BOOST_AUTO_TEST_CASE(the_platt_fit_reaches_the_optimum) {
  const auto data = golden();
  if (!data) return;
  for (const auto& row : data->values["cases"]) {
    const std::string name = row["name"];
    const auto found = calibrated_case(*data, name, "");
    const auto& entry = found.report["heads"]["onset"];
    if (!row.contains("platt_optimum_own")) {  // no positives: nothing to fit
      BOOST_TEST(entry["platt_scale"] == 1.0);
      BOOST_TEST(found.report["heads"]["onset"]["fit_refused"] == "nothing is positive");
      continue;
    }
    const auto& optimum = row["platt_optimum_own"];
    near(entry["platt_scale"], optimum["scale"], 1e-3, name);
    near(entry["platt_bias"], optimum["bias"], 1e-3, name);
    near(entry["temperature"], 1 / optimum["scale"].get<double>(), 1e-3 / std::pow(optimum["scale"].get<double>(), 2), name);
    near(found.report["heads"]["onset"]["fit_objective"], optimum["objective"], 1e-6, name);
    BOOST_TEST(found.report["heads"]["onset"]["after"]["brier"].get<double>() <=
               found.report["heads"]["onset"]["before"]["brier"].get<double>() + 1e-4);
    near(entry["calibrated_pred_rate"], entry["pos_rate"], 2e-3, name);
  }
}

BOOST_AUTO_TEST_CASE(bins_and_their_edges) {
  const auto data = golden();
  if (!data) return;
  for (const auto* name : {"spec_11", "bin_edges"}) {
    const auto& wanted = data->values[name];
    const auto found = tivit::calibrate::reliability(wanted["p"].get<std::vector<double>>(), wanted["t"].get<std::vector<float>>());
    BOOST_TEST(json(found.count) == wanted["counts"], name);
    near(found.ece, wanted["ece"], 1e-9, name);
    near(found.brier, wanted["brier"], 1e-9, name);
    for (int bin = 0; bin < 10; ++bin) {
      near(found.probability[bin], wanted["mean_probability"][bin], 1e-9, name);
      near(found.target[bin], wanted["mean_target"][bin], 1e-9, name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
