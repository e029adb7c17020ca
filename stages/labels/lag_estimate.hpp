#pragma once
// How much later than its labels a curve shows what they tell, from continuous times: nothing is rounded to rows.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tivit/time.hpp>
#include <vector>

namespace tivit::labels {

struct LagRules {
  double reach_s = 0.5;   ///< lags looked for: -reach..reach
  double step_s = 0.005;  ///< between the lags tried; the peak lies between them
  double width_s = 0.04;  ///< deviation of the bell through which the curve is seen, at least 0.8 rows
  double agreement_s = 0.025;
  int least_notes = 20;
  double least_confidence = 0.7;
};

/// Something a label tells: a key is struck or let go.
struct LabelledMoment {
  double time_s = 0;
  int key = 0;  ///< 0..87
};

/// What a curve shows at labelled moments moved by each lag tried, added up over the moments of a second.
class Strengths {
 public:
  Strengths(const LagRules& rules, double hop_s);
  /// Adds a curve f32[T,88]. Each key's mean is taken out, so that what lies outside the curve counts nothing.
  void add(const at::Tensor& curve, const TimeGrid& grid, const std::vector<LabelledMoment>& moments);

  bool flat() const;
  /// The lag of all seconds for which `use` is true, by a parabola through the strongest and its neighbours, but not at the edge; nothing
  /// where they tell none: no moment lies in them.
  std::optional<double> strongest(const std::vector<bool>& use) const;
  std::size_t seconds_labelled() const { return seconds_.size(); }
  bool at_edge(double lag_s) const { return lag_s <= lags_.front() || lag_s >= lags_.back(); }

 private:
  double width_s_;
  std::vector<double> lags_;
  std::vector<std::vector<double>> seconds_;  ///< [second][lag]
};

struct Lag {
  double lag_s = 0;       ///< to be added to label times
  double spread_s = 0;    ///< standard error, from how far halves of the recording differ
  double confidence = 0;  ///< share of random halvings, both halves of which tell a lag, that put it within `agreement_s` of each other
  std::string fault;      ///< why it is not to be trusted; "": it is
};

/// `notes`: how many were added. Halvings are drawn from `seed`.
Lag find_lag(const Strengths& strengths, std::size_t notes, const LagRules& rules, std::uint64_t seed);

}  // namespace tivit::labels
