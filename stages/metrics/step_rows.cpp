#include <ATen/TensorOperators.h>
#include <stages/metrics/step_rows.hpp>

#include <algorithm>
#include <tivit/error.hpp>

namespace tivit::metrics {

using nlohmann::json;

void StepRows::set(std::vector<double> onset_thresholds, std::vector<double> offset_thresholds) {
  rows_.resize(onset_thresholds.size());
  thresholds_ = {{"onset", std::move(onset_thresholds)}, {"offset", std::move(offset_thresholds)}};
}

void StepRows::add(const std::string& head, const at::Tensor& values, const at::Tensor& target, const at::Tensor& kept,
                   double tolerance_steps) {
  const auto counted = [&](const at::Tensor& cells) { return kept.defined() ? cells.logical_and(kept.unsqueeze(2)) : cells; };
  const auto truth = counted(target).cpu();
  const auto all = kept.defined() ? kept.sum().item<std::int64_t>() * values.size(2) : values.numel();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto predicted = counted(values.ge(thresholds_.at(head)[i])).cpu();
    const auto cells = cell_counts(predicted, truth), events = event_counts(predicted, truth, tolerance_steps);
    for (const auto& [name, count] : {std::pair{"cells", all},
                                      {"tp", cells.tp},
                                      {"fp", cells.fp},
                                      {"fn", cells.fn},
                                      {"event_tp", events.tp},
                                      {"event_fp", events.fp},
                                      {"event_fn", events.fn}})
      rows_[i][head][name] += count;
  }
}

json StepRows::report() const {
  json report = json::array();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    json row;
    for (const auto& [head, thresholds] : thresholds_) {
      Counts of = rows_[i].count(head) ? rows_[i].at(head) : Counts();
      const StepCounts cells{of["tp"], of["fp"], of["fn"]}, events{of["event_tp"], of["event_fp"], of["event_fn"]};
      const double all = std::max<double>(1, static_cast<double>(of["cells"]));
      json figures = of;
      figures["f1"] = cells.f1();
      figures["pred_rate"] = static_cast<double>(cells.tp + cells.fp) / all;
      figures["pos_rate"] = static_cast<double>(cells.tp + cells.fn) / all;
      figures["event_precision"] = events.precision();
      figures["event_recall"] = events.recall();
      figures["event_f1"] = events.f1();
      row[head] = std::move(figures);
      row[head + "_threshold"] = thresholds[i];
    }
    report.push_back(std::move(row));
  }
  return report;
}

}  // namespace tivit::metrics
