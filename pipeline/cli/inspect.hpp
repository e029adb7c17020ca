#pragma once
// `tivit-run inspect FILE...`: what is in files.
#include <string>
#include <vector>

namespace tivit::cli {

/// `inspect FILE... [--json]`: one object or report a file; the exit code. Throws Error at the first file that cannot be told about.
int inspect(const std::vector<std::string>& words);

}  // namespace tivit::cli
