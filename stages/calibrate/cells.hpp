#pragma once
// All cells of one head over all recordings: what the network said and what is true.
#include <ATen/core/Tensor.h>

#include <array>
#include <optional>
#include <stages/calibrate/sweep.hpp>
#include <vector>

namespace tivit::calibrate {

/// The line through logits that makes them calibrated: `scale * logit + bias`.
struct Line {
  double scale = 1, bias = 0;
  double at(double logit) const { return scale * logit + bias; }
};

/// Ten equally wide bins of probability; 1 lies in the last one.
struct Reliability {
  static constexpr int bins = 10;
  std::array<std::size_t, bins> count{};
  std::array<double, bins> probability{}, target{};  ///< means; 0 where a bin is empty
  double ece = 0;                                    ///< expected calibration error
  double brier = 0;                                  ///< mean squared error
};

Reliability reliability(const std::vector<double>& probabilities, const std::vector<float>& targets);

class Cells {
 public:
  /// Both [T,K]; columns in `left_out` do not count. Targets lie in [0,1]; half and more is positive.
  void add(const at::Tensor& logits, const at::Tensor& targets, const std::vector<bool>& left_out);
  void append(const Cells& others);
  /// Sorts the cells; nothing is added afterwards.
  void close();

  std::size_t size() const { return logits_.size(); }
  std::size_t positives() const { return positives_.back(); }
  double positive_rate() const;
  const std::vector<float>& logits() const { return logits_; }
  const std::vector<float>& targets() const { return targets_; }

  /// Cells at and above a threshold of the calibrated values, compared in float32. `line` must rise.
  Score at(const Threshold& threshold, const Line& line) const;
  /// The threshold of the best F1 there is, between the cells that count and the next below; none without positives.
  std::optional<double> best_logit(const Line& line) const;
  /// Calibrated logits, rising.
  std::vector<float> calibrated(const Line& line) const;
  double mean_probability(const Line& line) const;
  Reliability reliability(const Line& line) const;

 private:
  std::vector<float> logits_, targets_;
  std::vector<std::size_t> positives_;  ///< among the cells before each
};

}  // namespace tivit::calibrate
