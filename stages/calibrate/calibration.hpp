#pragma once
// calibration.json: for each head of a model, the line that calibrates its logits and the best threshold of what comes out.
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stages/calibrate/cells.hpp>
#include <string>

namespace tivit::calibrate {

struct HeadCalibration {
  Line line;
  double threshold = 0.5;  ///< probability of calibrated logits
  std::string edge;        ///< as Sweep has it; "" where the file does not say
};
struct Calibration {
  std::map<std::string, HeadCalibration> heads;
  nlohmann::json made_with;  ///< as made_with.hpp has it; null in files that do not say
};

/// An object for each head: best_logit or best_prob (the logit holds where both are there); temperature and logit_bias, or
/// platt_scale (also called scale) and platt_bias, or neither. Files of the Python program read alike. Throws Error naming file:line:column
/// for what is no such file, for unknown keys, for what stands twice, and for what lies out of range or contradicts itself.
Calibration read_calibration(const std::filesystem::path& file);

}  // namespace tivit::calibrate
