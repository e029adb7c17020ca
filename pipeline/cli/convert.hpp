#pragma once
// `tivit-run convert IN OUT`: a file in another form.
#include <string>
#include <vector>

namespace tivit::cli {

/// The words after `convert`. Prints what was done. Throws Error.
void convert(std::vector<std::string> words);

}  // namespace tivit::cli
