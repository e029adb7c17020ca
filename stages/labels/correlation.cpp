#include <stages/labels/correlation.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tivit::labels {
namespace {

double mean(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
bool constant(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [&](float value) { return value == values.front(); });
}

}  // namespace

std::optional<double> centred_correlation(std::span<const float> x, std::span<const float> y) {
  if (x.empty() || constant(x) || constant(y)) return std::nullopt;
  const double mean_x = mean(x), mean_y = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = x[i] - mean_x, b = y[i] - mean_y;
    xx += a * a, yy += b * b, xy += a * b;
  }
  return xy / std::sqrt(xx * yy);
}

}  // namespace tivit::labels
