#include <tivit/testing/scratch_folder.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <tivit/error.hpp>

namespace tivit::testing {
namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "tivit-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw Error(std::string("a folder cannot be made: ") + std::strerror(errno), "", name);
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
}

std::map<std::string, std::string> ScratchFolder::files() const {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().lexically_relative(path_).generic_string()] = std::string(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

}  // namespace tivit::testing
