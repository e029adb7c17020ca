#pragma once
// `tivit-run inspect FILE...`: what is in files.
#include <string>
#include <vector>

namespace tivit::cli {

/// The words after `inspect`. Prints one object or report a file. Throws Error at the first file that cannot be told about.
void inspect(std::vector<std::string> words);

}  // namespace tivit::cli
