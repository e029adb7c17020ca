#include <stages/labels/lag_estimate.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace tivit::labels {
namespace {
constexpr int halvings = 100;
constexpr double alike = 1e-9;  // strengths that differ less
}  // namespace

Strengths::Strengths(const LagRules& rules, double hop_s) : width_s_(std::max(rules.width_s, 0.8 * hop_s)) {
  const int steps = static_cast<int>(std::floor(rules.reach_s / rules.step_s + 1e-9));
  for (int i = -steps; i <= steps; ++i) lags_.push_back(i * rules.step_s);
}

void Strengths::add(const at::Tensor& curve, const TimeGrid& grid, const std::vector<LabelledMoment>& moments) {
  const auto values = curve.contiguous();
  const float* at = values.const_data_ptr<float>();
  const auto rows = values.size(0), keys = values.size(1);
  std::vector<double> mean(static_cast<std::size_t>(keys), 0);
  for (std::int64_t i = 0; i < rows * keys; ++i) mean[static_cast<std::size_t>(i % keys)] += at[i] / static_cast<double>(rows);
  const double hop_s = grid.hop_seconds(), reach_rows = 3 * width_s_ / hop_s;
  for (const auto& [time_s, key] : moments) {
    const auto second = static_cast<std::size_t>(std::max(0.0, time_s));
    if (second >= seconds_.size()) seconds_.resize(second + 1, std::vector<double>(lags_.size(), 0));
    for (std::size_t i = 0; i < lags_.size(); ++i) {
      const double centre = grid.row_at(time_s + lags_[i]);
      const auto first = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(centre - reach_rows)));
      const auto last = std::min<std::int64_t>(rows - 1, static_cast<std::int64_t>(std::floor(centre + reach_rows)));
      double sum = 0;
      for (auto row = first; row <= last; ++row) {
        const double off = (static_cast<double>(row) - centre) * hop_s / width_s_;
        sum += std::exp(-0.5 * off * off) * (at[row * keys + key] - mean[static_cast<std::size_t>(key)]);
      }
      seconds_[second][i] += sum;
    }
  }
}

bool Strengths::flat() const {
  return std::all_of(seconds_.begin(), seconds_.end(), [](const auto& second) {
    return std::all_of(second.begin(), second.end(), [&](double strength) { return std::abs(strength - second[0]) < alike; });
  });
}

std::optional<double> Strengths::strongest(const std::vector<bool>& use) const {
  std::vector<double> sum(lags_.size(), 0);
  for (std::size_t second = 0; second < seconds_.size(); ++second)
    if (use[second])
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += seconds_[second][i];
  const auto [least, most] = std::minmax_element(sum.begin(), sum.end());
  if (*most - *least < alike) return std::nullopt;
  const auto peak = static_cast<std::size_t>(std::max_element(sum.begin(), sum.end()) - sum.begin());
  if (peak == 0 || peak + 1 == sum.size()) return lags_[peak];
  const double left = sum[peak - 1], right = sum[peak + 1], bend = left - 2 * sum[peak] + right;
  return lags_[peak] + (bend < 0 ? 0.5 * (left - right) / bend : 0) * (lags_[1] - lags_[0]);
}

Lag find_lag(const Strengths& strengths, std::size_t notes, const LagRules& rules, std::uint64_t seed) {
  Lag lag;
  if (notes < static_cast<std::size_t>(rules.least_notes)) return lag.fault = "too few notes", lag;
  if (strengths.flat()) return lag.fault = "nothing moves", lag;
  const std::size_t seconds = strengths.seconds_labelled();
  lag.lag_s = strengths.strongest(std::vector<bool>(seconds, true)).value_or(0);
  std::mt19937_64 bits(seed);
  std::vector<double> apart;
  for (int i = 0; i < halvings; ++i) {
    std::vector<bool> half(seconds), rest(seconds);
    for (std::size_t s = 0; s < seconds; ++s) half[s] = bits() >> 63, rest[s] = !half[s];
    // Notes of few seconds may all fall to one half; the other then says nothing, and so does the halving.
    const auto one = strengths.strongest(half), other = strengths.strongest(rest);
    if (one && other) apart.push_back(std::abs(*one - *other));
  }
  if (apart.empty()) return lag.fault = "too few notes", lag;
  const auto agree = std::count_if(apart.begin(), apart.end(), [&](double s) { return s <= rules.agreement_s; });
  const auto middle = static_cast<std::ptrdiff_t>(apart.size() / 2);
  lag.confidence = static_cast<double>(agree) / static_cast<double>(apart.size());
  std::nth_element(apart.begin(), apart.begin() + middle, apart.end());
  // Halves differ by twice the standard error of the whole; 1.4826 makes a deviation of a median of absolute values.
  lag.spread_s = 1.4826 * apart[static_cast<std::size_t>(middle)] / 2;
  if (lag.confidence < rules.least_confidence)
    lag.fault = "halves disagree";
  else if (strengths.at_edge(lag.lag_s))
    lag.fault = "beyond reach";
  return lag;
}

}  // namespace tivit::labels
