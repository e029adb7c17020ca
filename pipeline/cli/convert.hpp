#pragma once
// `tivit-run convert IN OUT`: a file in another form.
#include <string>
#include <vector>

namespace tivit::cli {

/// `convert IN OUT [--overwrite]`: the exit code. Says what was done. Throws Error.
int convert(const std::vector<std::string>& words);

}  // namespace tivit::cli
