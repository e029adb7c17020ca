#include <stages/calibrate/report.hpp>

#include <cmath>

namespace tivit::calibrate {
namespace {

using nlohmann::json;

json finite(double value) { return std::isfinite(value) ? json(value) : json(); }

json curve(const Sweep& sweep, const Cells* cells) {
  json rows = json::array();
  for (const auto& [threshold, score] : sweep.points) {
    json row{{"logit", finite(threshold.logit())},
             {"probability", threshold.probability()},
             {"f1", score.f1()},
             {"precision", score.precision()},
             {"recall", score.recall()},
             {"matched", score.matched},
             {"reference", score.reference},
             {"estimate", score.estimate}};
    if (cells) row["pred_rate"] = static_cast<double>(score.estimate) / static_cast<double>(std::max<std::size_t>(1, cells->size()));
    rows.push_back(std::move(row));
  }
  return rows;
}

json reliability(const Cells& cells, const Line& line) {
  const Reliability found = cells.reliability(line);
  return {{"ece", found.ece},
          {"brier", found.brier},
          {"counts", found.count},
          {"mean_probability", found.probability},
          {"mean_target", found.target}};
}

}  // namespace

json calibration_entry(const HeadResult& head) {
  const auto& winner = head.by_logit.winner();
  json entry{{"best_prob", (head.by_probability ? head.by_probability->winner() : winner).threshold.probability()},
             {"f1", winner.score.f1()},
             {"criterion", head.criterion},
             {"edge", head.by_logit.edge.empty() ? json() : json(head.by_logit.edge)},
             {"provenance", "tivit"}};
  if (std::isfinite(winner.threshold.logit())) entry["best_logit"] = winner.threshold.logit();
  const Line& line = head.fit.line;
  entry["temperature"] = 1 / line.scale;
  entry["logit_bias"] = entry["platt_bias"] = line.bias;
  entry["scale"] = entry["platt_scale"] = line.scale;
  if (head.cells) {
    entry["pos_rate"] = head.cells->positive_rate();
    entry["calibrated_pred_rate"] = head.cells->mean_probability(line);
  }
  return entry;
}

json report_entry(const HeadResult& head) {
  json entry = calibration_entry(head);
  const Cells* counted = head.criterion == "cells" ? head.cells : nullptr;
  entry["precision"] = head.by_logit.winner().score.precision();
  entry["recall"] = head.by_logit.winner().score.recall();
  entry["curve"] = curve(head.by_logit, counted);
  if (head.by_probability) entry["probability_curve"] = curve(*head.by_probability, counted);
  entry["fit_refused"] = head.fit.refused.empty() ? json() : json(head.fit.refused);
  entry["fit_objective"] = head.fit.objective;
  if (!head.left_out.empty()) entry["left_out"] = head.left_out;
  if (head.cells) {
    entry["cells"] = head.cells->size();
    entry["before"] = reliability(*head.cells, {});
    entry["after"] = reliability(*head.cells, head.fit.line);
  }
  return entry;
}

}  // namespace tivit::calibrate
