#include <stages/notes/probability_column.hpp>

#include <cmath>
#include <tivit/error.hpp>

namespace tivit::notes {

RollValues roll_values(const std::string& name) { return name == "probabilities" ? RollValues::probabilities : RollValues::logits; }

double threshold_of(RollValues values, double probability) {
  return values == RollValues::probabilities ? static_cast<double>(static_cast<float>(probability)) : probability;
}

std::vector<std::vector<double>> probability_columns(const at::Tensor& roll, RollValues values, const std::string& roll_name) {
  const at::Tensor rows = roll.cpu().contiguous();
  const auto times = rows.size(0), keys = rows.size(1);
  const float* data = rows.const_data_ptr<float>();
  std::vector<std::vector<double>> columns(keys, std::vector<double>(times));
  for (std::int64_t t = 0; t < times; ++t)
    for (std::int64_t k = 0; k < keys; ++k) {
      const double value = data[t * keys + k];
      const auto where = [&] { return "row " + std::to_string(t) + ", column " + std::to_string(k) + " of the " + roll_name + " roll"; };
      if (std::isnan(value)) throw Error("a value is not a number", "look for a training that diverged or a broken checkpoint", where());
      if (values == RollValues::probabilities && (value < 0 || value > 1))
        throw Error(std::to_string(value) + " is no probability", "set `input = \"logits\"` if the sigmoid is still to come", where());
      columns[k][t] = values == RollValues::logits ? 1 / (1 + std::exp(-value)) : value;
    }
  return columns;
}

}  // namespace tivit::notes
