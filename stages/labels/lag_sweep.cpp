// labels/lag_sweep: a curve against labels, row by row: how well they agree at each whole shift. See the contract.
#include <ATen/ops/empty.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/sum.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stages/labels/correlation.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::labels {
namespace {

/// The lag sweep of the original Python system, on one time axis: what labels/lag refines to continuous time.
///   [stages.sweep]
///   use = "labels/lag_sweep"
///   in = { prediction = "stitch.onset", events = "rolls.onset" }
/// `prediction` [T] or [T,P] (then its mean over P) and `events` [T] or [T,P] (then its sum). At shift d, row t + d of the
/// prediction meets row t of the events: a positive shift says that the prediction is late. For each shift of -max_shift..max_shift:
/// centred correlation (NaN where one side is constant) and F1 of `prediction > threshold` against `events > 0`. The threshold of
/// logits is their 95 % quantile. `best` is the shift of the highest F1, of equals that of the highest correlation.
/// Fails where the lengths differ, nothing happens in the events, or the prediction is constant or not a number.
struct LagSweep {
  std::string input = "logits";
  double threshold = 0.2;
  std::int64_t max_shift = 5;

  static void contract(Contract<LagSweep>& c) {
    c.map("correlation and F1 of a curve and labels at each whole shift").parallel();
    c.param("input", &LagSweep::input).one_of({"logits", "probabilities"}).doc("what the prediction holds");
    c.param("threshold", &LagSweep::threshold).range(0, 1).unit("probability").doc("of probabilities");
    c.param("max_shift", &LagSweep::max_shift).range(0, 10000).unit("rows").doc("largest shift, either way");
    c.in("prediction", "f32|f64");
    c.in("events", "f32|f64");
    c.out("shift", "i64[N]").doc("rows");
    c.out("correlation", "f64[N]");
    c.out("f1", "f64[N]");
    c.out("length", "i64[N]").doc("rows compared");
    c.out("best", "i64[1]").doc("rows");
    c.example("[stages.sweep]\nuse = \"labels/lag_sweep\"\nin = { prediction = \"stitch.onset\", events = \"rolls.onset\" }\n");
  }

  std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor> operator()(const at::Tensor& prediction,
                                                                                    const at::Tensor& events) const {
    const auto x_axis = axis(prediction, "prediction", false), y_axis = axis(events, "events", true);
    const std::span<const float> x{x_axis.const_data_ptr<float>(), static_cast<std::size_t>(x_axis.numel())};
    const std::span<const float> y{y_axis.const_data_ptr<float>(), static_cast<std::size_t>(y_axis.numel())};
    if (x.size() != y.size())
      throw Error("the prediction has " + std::to_string(x.size()) + " rows, the events have " + std::to_string(y.size()),
                  "bring both to one time grid: shifts of different axes mean nothing");
    if (std::none_of(y.begin(), y.end(), [](float v) { return v > 0; })) throw Error("the events hold no event", "give labels with notes");
    if (std::any_of(x.begin(), x.end(), [&](float v) { return !std::isfinite(v); }) ||
        *std::ranges::max_element(x) == *std::ranges::min_element(x))
      throw Error("the prediction is constant or no number", "look at what made it");
    const double limit = input == "logits" ? quantile(x, 0.95) : threshold;
    const auto reach = std::min<std::int64_t>(max_shift, static_cast<std::int64_t>(x.size()) - 1);
    const auto shifts = at::empty({2 * reach + 1}, at::kLong), lengths = at::empty({2 * reach + 1}, at::kLong);
    const auto correlations = at::empty({2 * reach + 1}, at::kDouble), f1s = at::empty({2 * reach + 1}, at::kDouble);
    auto best = at::empty({1}, at::kLong);
    std::pair<double, double> highest{-1, 0};
    for (std::int64_t i = 0; i <= 2 * reach; ++i) {
      const auto shift = i - reach;
      const auto length = x.size() - static_cast<std::size_t>(std::abs(shift));
      const auto a = x.subspan(static_cast<std::size_t>(std::max<std::int64_t>(0, shift)), length);
      const auto b = y.subspan(static_cast<std::size_t>(std::max<std::int64_t>(0, -shift)), length);
      const auto correlation = centred_correlation(a, b);
      const double f1 = f1_of(a, b, limit);
      shifts.data_ptr<std::int64_t>()[i] = shift;
      lengths.data_ptr<std::int64_t>()[i] = static_cast<std::int64_t>(length);
      correlations.data_ptr<double>()[i] = correlation.value_or(std::numeric_limits<double>::quiet_NaN());
      f1s.data_ptr<double>()[i] = f1;
      if (const std::pair found{f1, correlation.value_or(-1)}; i == 0 || found > highest) {
        highest = found;
        best.data_ptr<std::int64_t>()[0] = shift;
      }
    }
    return {shifts, correlations, f1s, lengths, best};
  }

 private:
  static at::Tensor axis(const at::Tensor& values, const char* name, bool sum) {
    if (values.dim() < 1 || values.dim() > 2 || values.size(0) == 0)
      throw Error(std::string("the ") + name + " has no rows or more than two axes", "give [T] or [T,P]");
    const auto one = values.dim() == 1 ? values : sum ? values.sum(1) : values.mean(1);
    return one.to(at::kFloat).contiguous();
  }
  /// Between two ranks interpolated.
  static double quantile(std::span<const float> values, double part) {
    std::vector<float> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const double rank = part * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(rank);
    const double above = below + 1 < sorted.size() ? sorted[below + 1] : sorted[below];
    return sorted[below] + (rank - static_cast<double>(below)) * (above - sorted[below]);
  }
  static double f1_of(std::span<const float> x, std::span<const float> y, double limit) {
    double both = 0, all = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const bool predicted = x[i] > limit, true_ = y[i] > 0;
      both += predicted && true_;
      all += predicted + true_;
    }
    return all > 0 ? 2 * both / all : 0;
  }
};
TIVIT_STAGE("labels/lag_sweep", LagSweep)

}  // namespace
}  // namespace tivit::labels
