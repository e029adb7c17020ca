#pragma once
// What a calibration found, as JSON: the file for decoders, and the report for people.
#include <nlohmann/json.hpp>
#include <optional>
#include <stages/calibrate/platt.hpp>
#include <stages/calibrate/sweep.hpp>

namespace tivit::calibrate {

/// Everything that is known of one head.
struct HeadResult {
  std::string criterion;                ///< "notes" or "cells"
  Sweep by_logit;                       ///< or over whatever list was given
  std::optional<Sweep> by_probability;  ///< where the two grids are apart
  Fit fit;
  const Cells* cells = nullptr;  ///< closed; null without targets
  std::string left_out;          ///< why the head has no place in calibration.json; "" where it has
};

/// The head's entry of calibration.json.
nlohmann::json calibration_entry(const HeadResult& head);
/// Its entry of the report: the entry of calibration.json, the curves, reliability before and after.
nlohmann::json report_entry(const HeadResult& head);

}  // namespace tivit::calibrate
