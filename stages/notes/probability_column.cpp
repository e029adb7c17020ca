#include <stages/notes/probability_column.hpp>

#include <cmath>
#include <tivit/error.hpp>

namespace tivit::notes {

RollValues roll_values(const std::string& name) { return name == "probabilities" ? RollValues::probabilities : RollValues::logits; }

double threshold_of(RollValues values, double probability) {
  return values == RollValues::probabilities ? static_cast<double>(static_cast<float>(probability)) : probability;
}

std::vector<double> probability_column(const at::Tensor& roll, std::int64_t key, RollValues values, const std::string& roll_name) {
  const at::Tensor column = roll.select(1, key).cpu().contiguous();
  const float* data = column.const_data_ptr<float>();
  std::vector<double> curve(static_cast<std::size_t>(column.size(0)));
  for (std::size_t t = 0; t < curve.size(); ++t) {
    const double value = data[t];
    const auto where = [&] { return "row " + std::to_string(t) + ", column " + std::to_string(key) + " of the " + roll_name + " roll"; };
    if (std::isnan(value)) throw Error("a value is not a number", "look for a training that diverged or a broken checkpoint", where());
    if (values == RollValues::probabilities && (value < 0 || value > 1))
      throw Error(std::to_string(value) + " is no probability", "set `input = \"logits\"` if the sigmoid is still to come", where());
    curve[t] = values == RollValues::logits ? 1 / (1 + std::exp(-value)) : value;
  }
  return curve;
}

}  // namespace tivit::notes
