#include <stages/calibrate/calibration.hpp>

#include <algorithm>
#include <cmath>
#include <stages/data/json_file.hpp>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::calibrate {
namespace {

using nlohmann::json;

/// What graphs/calibrate.toml writes, and the Python program at one time or another.
const std::vector<std::string> head_keys{"best_logit", "best_prob", "temperature", "logit_bias", "platt_scale", "platt_bias",
                                         "scale",      "edge",      "criterion",   "f1",         "pos_rate",    "calibrated_pred_rate",
                                         "pred_rate",  "provenance"};
const std::vector<std::string> made_with_keys{"model", "key_prior"};

[[noreturn]] void unknown(const data::JsonFile& file, const std::string& pointer, const std::string& key,
                          const std::vector<std::string>& known) {
  const std::string near = nearest_name(key, known);
  throw Error(file.key_place(pointer), "\"" + key + "\" is no key of a calibration",
              near.empty() ? "there is " + quoted_list(known) : "did you mean \"" + near + "\"?");
}

/// The numbers of one head, each checked as it is asked for.
class Head {
 public:
  Head(const data::JsonFile& file, std::string name) : file_(file), name_(std::move(name)), values_(file.content().at(name_)) {
    for (const auto& [key, value] : values_.items())
      if (std::find(head_keys.begin(), head_keys.end(), key) == head_keys.end()) unknown(file, pointer(key), key, head_keys);
  }

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
  [[noreturn]] void fail(const std::string& key, const std::string& problem, const std::string& remedy) const {
    throw Error(file_.place(key.empty() ? pointer("") : pointer(key)), (key.empty() ? "" : key + " of ") + "\"" + name_ + "\": " + problem,
                remedy);
  }

 private:
  std::string pointer(const std::string& key) const {
    auto path = json::json_pointer("") / name_;
    return (key.empty() ? path : path / key).to_string();
  }

  const data::JsonFile& file_;
  std::string name_;
  const json& values_;
};

constexpr double largest = 1e6;

Line line_of(const Head& head) {
  const auto temperature = head.number("temperature", 1 / largest, largest, "a temperature is a positive number");
  const auto bias = head.number("logit_bias", -largest, largest, "a bias is a finite number");
  auto platt_scale = head.number("platt_scale", 1 / largest, largest, "a scale is a positive number");
  const auto scale = head.number("scale", 1 / largest, largest, "a scale is a positive number");
  const auto platt_bias = head.number("platt_bias", -largest, largest, "a bias is a finite number");
  const auto differ = [](double a, double b) { return std::abs(a - b) > 1e-3 * std::max(1.0, std::abs(b)); };
  if (scale && platt_scale && differ(*scale, *platt_scale)) head.fail("scale", "is not platt_scale", "take one of them out");
  const std::string name = platt_scale ? "platt_scale" : "scale";  // two names of one number
  if (!platt_scale) platt_scale = scale;
  if (temperature && platt_scale && differ(1 / *temperature, *platt_scale))
    head.fail("temperature", "is not 1 / " + name,
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

/// Copies of the heads' figures that late files of the Python program had beside them.
bool is_flat_copy(const std::string& key) {
  return std::ranges::any_of(std::vector<std::string>{"platt_", "temperature", "logit_bias", "scale", "best_", "provenance"},
                             [&](const std::string& begin) { return key.starts_with(begin); });
}

}  // namespace

Calibration read_calibration(const std::filesystem::path& path) {
  const auto remedy = R"(it looks like {"onset": {"best_logit": -0.4}, "offset": {"best_prob": 0.3}}; graphs/calibrate.toml writes it)";
  const data::JsonFile file(path, remedy);
  const json& content = file.content();
  if (!content.is_object()) throw Error("is no calibration: the JSON is a " + std::string(content.type_name()), remedy, path.string());
  Calibration calibration;
  for (const auto& [name, values] : content.items()) {
    const std::string pointer = (json::json_pointer("") / name).to_string();
    if (name == "made_with" && values.is_object()) {
      for (const auto& [key, value] : values.items())
        if (std::find(made_with_keys.begin(), made_with_keys.end(), key) == made_with_keys.end())
          unknown(file, pointer + "/" + key, key, made_with_keys);
      calibration.made_with = values;
    } else if (values.is_object()) {
      calibration.heads[name] = head_of(Head(file, name));
    } else if (!is_flat_copy(name)) {
      throw Error(file.key_place(pointer), "\"" + name + "\" is no head of a calibration: it is no object", remedy);
    }
  }
  if (calibration.heads.empty()) throw Error("is no calibration: it names no head", remedy, path.string());
  return calibration;
}

}  // namespace tivit::calibrate
