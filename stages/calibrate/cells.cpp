#include <stages/calibrate/cells.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tivit/error.hpp>

namespace tivit::calibrate {

void Cells::add(const at::Tensor& logits, const at::Tensor& targets, const std::vector<bool>& left_out) {
  const at::Tensor said = logits.cpu().to(at::kFloat).contiguous(), truth = targets.cpu().to(at::kFloat).contiguous();
  if (said.dim() != 2 || said.sizes() != truth.sizes()) {
    const auto shape = [](const at::Tensor& tensor) {
      std::string text;
      for (const auto size : tensor.sizes()) text += (text.empty() ? "" : ", ") + std::to_string(size);
      return "[" + text + "]";
    };
    throw Error("logits of shape " + shape(said) + " and targets of shape " + shape(truth) + " are not the same cells",
                "make the targets on the rows of the logits (labels/targets, frames = \"rescored.logits.onset\")");
  }
  const auto columns = said.size(1);
  const float *z = said.const_data_ptr<float>(), *t = truth.const_data_ptr<float>();
  for (std::int64_t i = 0; i < said.numel(); ++i) {
    const auto column = static_cast<std::size_t>(i % columns);
    if (columns == static_cast<std::int64_t>(left_out.size()) && left_out[column]) continue;
    if (!std::isfinite(z[i]) || !(t[i] >= 0 && t[i] <= 1))
      throw Error(!std::isfinite(z[i]) ? "a logit is no finite number" : "a target lies outside 0 to 1",
                  "look for a training that diverged, or connect rolls of labels/targets",
                  "row " + std::to_string(i / columns) + ", column " + std::to_string(column));
    logits_.push_back(z[i]);
    targets_.push_back(t[i]);
  }
}

void Cells::append(const Cells& others) {
  logits_.insert(logits_.end(), others.logits_.begin(), others.logits_.end());
  targets_.insert(targets_.end(), others.targets_.begin(), others.targets_.end());
}

void Cells::close() {
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return logits_[a] != logits_[b] ? logits_[a] < logits_[b] : targets_[a] < targets_[b]; });
  std::vector<float> logits, targets;
  positives_.assign(1, 0);
  for (const auto i : order) {
    logits.push_back(logits_[i]);
    targets.push_back(targets_[i]);
    positives_.push_back(positives_.back() + (targets_[i] >= 0.5f));
  }
  logits_ = std::move(logits);
  targets_ = std::move(targets);
}

double Cells::positive_rate() const { return size() ? static_cast<double>(positives_.back()) / static_cast<double>(size()) : 0; }

Score Cells::at(const Threshold& threshold, const Line& line) const {
  const auto wanted = static_cast<float>(threshold.value);
  const auto below = [&](float logit, float value) {
    const double calibrated = static_cast<float>(line.at(logit));
    return static_cast<float>(threshold.is_logit ? calibrated : sigmoid(calibrated)) < value;
  };
  const auto first = static_cast<std::size_t>(std::lower_bound(logits_.begin(), logits_.end(), wanted, below) - logits_.begin());
  return {positives_.back() - positives_[first], positives_.back(), size() - first};
}

std::vector<float> Cells::calibrated(const Line& line) const {
  std::vector<float> values(size());
  std::ranges::transform(logits_, values.begin(), [&](float logit) { return static_cast<float>(line.at(logit)); });
  return values;
}

std::optional<double> Cells::best_logit(const Line& line) const {
  // The score changes at the values of cells alone: all there are, from the highest on, is an exact search.
  const auto values = calibrated(line);
  std::optional<std::size_t> best;
  double best_f1 = 0;
  for (std::size_t first = size(); first-- > 0;) {
    if (first > 0 && values[first - 1] == values[first]) continue;
    const double f1 = Score{positives() - positives_[first], positives(), size() - first}.f1();
    if (std::abs(values[first]) <= reach && f1 > best_f1) best = first, best_f1 = f1;
  }
  if (!best) return std::nullopt;
  const float above = values[*best], below = *best > 0 ? std::max(values[*best - 1], static_cast<float>(-reach)) : above;
  const auto middle = static_cast<float>((static_cast<double>(above) + below) / 2);
  return middle > below ? middle : above;  // neighbours in float32 have nothing between them
}

double Cells::mean_probability(const Line& line) const {
  double sum = 0;
  for (const float logit : logits_) sum += sigmoid(line.at(logit));
  return size() ? sum / static_cast<double>(size()) : 0;
}

Reliability Cells::reliability(const Line& line) const {
  std::vector<double> probabilities;
  probabilities.reserve(size());
  for (const float logit : logits_) probabilities.push_back(static_cast<float>(sigmoid(static_cast<float>(line.at(logit)))));
  return calibrate::reliability(probabilities, targets_);
}

Reliability reliability(const std::vector<double>& probabilities, const std::vector<float>& targets) {
  Reliability result;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const double p = probabilities[i], t = targets[i];
    int bin = std::min(static_cast<int>(p * Reliability::bins), Reliability::bins - 1);
    // The edges are multiples of 0.1 as doubles, and 3 * 0.1 is more than 0.3.
    while (bin > 0 && p < bin * 0.1) --bin;
    while (bin + 1 < Reliability::bins && p >= (bin + 1) * 0.1) ++bin;
    ++result.count[bin];
    result.probability[bin] += p;
    result.target[bin] += t;
    result.brier += (p - t) * (p - t);
  }
  const double all = std::max(1.0, static_cast<double>(probabilities.size()));
  for (int bin = 0; bin < Reliability::bins; ++bin) {
    if (!result.count[bin]) continue;
    const auto count = static_cast<double>(result.count[bin]);
    result.ece += std::abs(result.target[bin] - result.probability[bin]) / all;
    result.probability[bin] /= count;
    result.target[bin] /= count;
  }
  result.brier /= all;
  return result;
}

}  // namespace tivit::calibrate
