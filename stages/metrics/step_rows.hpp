#pragma once
// Onset and offset cells at several thresholds: one row of figures for each pair.
#include <map>
#include <nlohmann/json.hpp>
#include <stages/metrics/step_scores.hpp>
#include <string>
#include <vector>

namespace tivit::metrics {

class StepRows {
 public:
  /// Two lists of one length.
  void set(std::vector<double> onset_thresholds, std::vector<double> offset_thresholds);
  /// Counts a batch: values f32[B,T,K] of one head and its target bool[B,T,K]; `kept` bool[B,T] says which steps count (undefined: all).
  void add(const std::string& head, const at::Tensor& values, const at::Tensor& target, const at::Tensor& kept, double tolerance_steps);
  nlohmann::json report() const;

  nlohmann::json state() const { return rows_; }
  void load(const nlohmann::json& state) { rows_ = state.get<decltype(rows_)>(); }
  void clear() { rows_.assign(rows_.size(), {}); }

 private:
  using Counts = std::map<std::string, std::int64_t>;
  std::map<std::string, std::vector<double>> thresholds_;
  std::vector<std::map<std::string, Counts>> rows_;  ///< by head
};

}  // namespace tivit::metrics
