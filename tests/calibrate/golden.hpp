#pragma once
// The golden calibrations, run through the ports of a graph.
#include <ATen/core/Tensor.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/npz.hpp>
#include <tests/shared_data.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/run.hpp>

#include "tests/folders.hpp"

namespace tivit::tests {

inline std::filesystem::path output_folder() {
  const auto path = build_folder() / "tests/calibrate";
  std::filesystem::create_directories(path);
  return path;
}

inline nlohmann::json read_json(const std::filesystem::path& file) { return nlohmann::json::parse(read_file(file)); }

/// Heads' logits and targets, [T,88], through calibrate/thresholds: the report and calibration.json of a run.
struct Calibrated {
  nlohmann::json calibration, report;
};
inline Calibrated calibrated(const Fields& arrays, const std::string& settings) {
  const auto folder = output_folder();
  data::write_npz(folder / "cells.npz", {arrays, {}});
  std::ofstream(folder / "cells.toml") << "[stages.arrays]\nuse = \"data/npz\"\nfiles = [\"" << (folder / "cells.npz").string()
                                       << "\"]\nrate = 15\n"
                                       << R"([stages.thresholds]
use = "calibrate/thresholds"
in = { logits = "arrays.logits", targets = "arrays.targets" }
criterion = "cells"
)" << settings << R"(
[stages.calibration]
use = "report/json"
in = "thresholds.calibration"
[stages.report]
use = "report/json"
in = "thresholds.report"
[stages.diagram]
use = "report/reliability"
in = "thresholds.report"
)";
  const Plan plan = make_plan(GraphRequest{folder / "cells.toml", {}, {}});
  RunContext context;
  context.directory = folder / "run";
  std::filesystem::remove_all(context.directory);
  Run(plan, context).execute();
  return {read_json(context.directory / "calibration.json"), read_json(context.directory / "report.json")};
}

}  // namespace tivit::tests
