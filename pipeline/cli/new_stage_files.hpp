#pragma once
// The templates of `tivit-run new stage`, by file name: what lies in the folder new_stage/.
#include <map>
#include <string>

namespace tivit::cli {
const std::map<std::string, std::string>& new_stage_files();
}
