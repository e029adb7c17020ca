#pragma once
// Decides which epoch's weights were the best, whenever their scores arrive.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stages/train/checkpoints.hpp>
#include <tivit/error.hpp>

namespace tivit::train {

/// The graph that scores an epoch (`[[after]]`) may report before or after the sink hears of the epoch's end. Its figures
/// belong to the weights at the latest end of an epoch in both cases, because weights do not move until it is done. So the
/// weights are held as they were at that end, and `judge` is called at each moment at which new figures may have come:
/// at the end of an epoch, before the first step of the next one, at the end of the run.
class Best {
 public:
  /// Higher is better, or lower. True when the figures make the held weights the best so far.
  bool judge(const RunContext::Values& figures, const std::string& metric, bool lower_is_better) {
    for (const auto& [name, value] : figures)
      if (name == metric && std::isfinite(value) && value != passed_over_ &&
          (!value_ || (lower_is_better ? value < *value_ : value > *value_))) {
        value_ = value;
        return true;
      }
    return false;
  }
  /// These figures are of weights that are not held; they may still stand there when other weights are.
  void pass_over(const RunContext::Values& figures, const std::string& metric) {
    for (const auto& [name, value] : figures)
      if (name == metric) passed_over_ = value;
  }
  /// An event that has other figures than the one asked for would make every epoch the best, without a word.
  void warn_once(const RunContext::Values& figures, const std::string& event, const std::string& metric) {
    std::vector<std::string> names;
    for (const auto& [name, value] : figures) names.push_back(name);
    if (warned_ || names.empty() || std::ranges::count(names, metric)) return;
    warned_ = true;
    const auto near = nearest_name(metric, names);
    spdlog::warn("\"{}\" has no figure \"{}\", so best is the last; {}", event, metric,
                 near.empty() ? "it has " + quoted_list(names) : "did you mean \"" + near + "\"?");
  }
  bool judged() const { return value_.has_value(); }
  double value() const { return value_.value_or(std::nan("")); }
  void restore(std::optional<double> value) { value_ = value; }

 private:
  std::optional<double> value_, passed_over_;
  bool warned_ = false;
};

}  // namespace tivit::train
