#include "folders.hpp"

namespace tivit::tests {

const std::filesystem::path& source_folder() {
  static const std::filesystem::path folder = TIVIT_SOURCE_DIR;
  return folder;
}

const std::filesystem::path& build_folder() {
  static const std::filesystem::path folder = TIVIT_BINARY_DIR;
  return folder;
}

}  // namespace tivit::tests
