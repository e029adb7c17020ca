#pragma once
// calibration.json: for each head of a model, the line that calibrates its logits and the best threshold of what comes out.
#include <filesystem>
#include <map>
#include <optional>
#include <stages/calibrate/cells.hpp>
#include <string>

namespace tivit::calibrate {

struct HeadCalibration {
  Line line;
  double threshold = 0.5;  ///< probability of calibrated logits
  std::string edge;        ///< "low" or "high" where the threshold search ended at its edge
};
using Calibration = std::map<std::string, HeadCalibration>;  ///< by head

/// An object for each head: best_logit or best_prob (the logit holds where both are there); temperature and logit_bias, or
/// platt_scale and platt_bias, or neither. Files of the Python program read alike: what else lies around the heads is left alone.
/// Throws Error naming file and value for what is no such file, lies out of range or contradicts itself.
Calibration read_calibration(const std::filesystem::path& file);

}  // namespace tivit::calibrate
