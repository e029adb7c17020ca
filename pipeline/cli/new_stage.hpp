#pragma once
// `tivit-run new stage AREA/NAME --kind map`.
#include <string>
#include <vector>

namespace tivit::cli {

/// Writes source, test, CMake and graph of a new stage and says what to do next: the exit code. Throws Error; then nothing was written.
int new_stage(const std::vector<std::string>& words);

}  // namespace tivit::cli
