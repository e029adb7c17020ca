#include <stages/calibrate/calibration.hpp>

#include <cmath>
#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::calibrate {
namespace {

using nlohmann::json;

/// The numbers of one head, each checked as it is asked for.
class Head {
 public:
  Head(const json& values, std::string where) : values_(values), where_(std::move(where)) {}

  std::optional<double> number(const char* name, double low, double high, const char* what) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->is_null()) return std::nullopt;
    if (!found->is_number()) fail(name, found->dump() + " is not a number", what);
    const double value = found->get<double>();
    if (!(value >= low && value <= high)) fail(name, found->dump() + " is out of range", what);
    return value;
  }
  std::string text(const char* name) const {
    const auto found = values_.find(name);
    return found != values_.end() && found->is_string() ? found->get<std::string>() : "";
  }
  [[noreturn]] void fail(const std::string& name, const std::string& problem, const std::string& remedy) const {
    throw Error(problem, remedy, where_ + (name.empty() ? "" : "." + name) + "]");
  }

 private:
  const json& values_;
  std::string where_;
};

constexpr double largest = 1e6;

Line line_of(const Head& head) {
  const auto temperature = head.number("temperature", 1 / largest, largest, "a temperature is a positive number");
  const auto bias = head.number("logit_bias", -largest, largest, "a bias is a finite number");
  const auto platt_scale = head.number("platt_scale", 1 / largest, largest, "a scale is a positive number");
  const auto platt_bias = head.number("platt_bias", -largest, largest, "a bias is a finite number");
  const auto differ = [](double a, double b) { return std::abs(a - b) > 1e-3 * std::max(1.0, std::abs(b)); };
  if (temperature && platt_scale && differ(1 / *temperature, *platt_scale))
    head.fail("temperature", "is not 1 / platt_scale",
              "take one of them out: logits are divided by the temperature, or multiplied by the scale");
  if (bias && platt_bias && differ(*bias, *platt_bias)) head.fail("logit_bias", "is not platt_bias", "take one of them out");
  return {temperature ? 1 / *temperature : platt_scale.value_or(1), bias ? *bias : platt_bias.value_or(0)};
}

HeadCalibration head_of(const Head& head) {
  const auto logit = head.number("best_logit", -largest, largest, "a threshold on logits is a finite number");
  const auto probability = head.number("best_prob", 0, 1, "a threshold on probabilities lies in 0 to 1");
  if (!logit && !probability) head.fail("", "has neither best_logit nor best_prob", "calibrate again with graphs/calibrate.toml");
  return {line_of(head), logit ? sigmoid(*logit) : *probability, head.text("edge")};
}

}  // namespace

Calibration read_calibration(const std::filesystem::path& file) {
  const auto remedy = R"(it looks like {"onset": {"best_logit": -0.4}, "offset": {"best_prob": 0.3}}; graphs/calibrate.toml writes it)";
  const json content = json::parse(read_file(file), nullptr, false);
  if (content.is_discarded()) throw Error("is no JSON", remedy, file.string());
  if (!content.is_object()) throw Error("is no calibration: the JSON is a " + std::string(content.type_name()), remedy, file.string());
  Calibration calibration;
  for (const auto& [name, values] : content.items())
    if (values.is_object()) calibration[name] = head_of(Head(values, file.string() + "[" + name));
  if (calibration.empty()) throw Error("is no calibration: it names no head", remedy, file.string());
  return calibration;
}

}  // namespace tivit::calibrate
