#pragma once
// `tivit-run replay DIR`: a part of a run once more.
#include <string>
#include <vector>

namespace tivit::cli {

/// The words from `replay` on; the exit code. Throws Error.
int replay(const std::vector<std::string>& words);

}  // namespace tivit::cli
