#include <fcntl.h>
#include <unistd.h>
#include <tivit/writable.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <tivit/atomic_file.hpp>
#include <tivit/missing_path.hpp>

namespace tivit {
namespace fs = std::filesystem;
namespace {

/// Makes a file without a name, or one that is gone at once where the file system knows no such files. 0, or errno.
int try_to_write(const fs::path& folder) {
  int file = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0 && errno != EACCES && errno != EROFS) {
    std::string name = (folder / ".tivit-XXXXXX").string();
    file = ::mkstemp(name.data());
    if (file >= 0) ::unlink(name.c_str());
  }
  const int reason = errno;
  if (file < 0) return reason;
  ::close(file);
  return 0;
}

std::optional<Error> obstacle(const fs::path& folder) {
  std::error_code code;
  fs::path there = folder.empty() ? "." : folder;
  while (!fs::exists(there, code) && there.has_relative_path() && there != there.parent_path())
    there = there.has_parent_path() ? there.parent_path() : ".";
  if (!fs::is_directory(there, code)) return Error("is a file, and a folder of this name is wanted", "give another place", there.string());
  if (const int reason = try_to_write(there))
    return Error("nothing can be written here: " + std::string(std::strerror(reason)), write_remedy(reason), there.string());
  return std::nullopt;
}

}  // namespace

void check_folder(Faults& faults, const std::string& parameter, const fs::path& folder) {
  if (folder.empty()) return;
  if (const auto error = obstacle(folder)) faults.add(parameter, *error);
}

void check_file(Faults& faults, const std::string& parameter, const fs::path& file) {
  std::error_code code;
  if (file.empty()) return;
  if (!file.has_filename() || fs::is_directory(file, code))
    faults.add(parameter, Error("is a folder, and a file is to be written", "name a file in it", file.string()));
  else if (const auto other = not_a_file(file))
    faults.add(parameter, *other);
  else if (const auto error = obstacle(file.parent_path()))
    faults.add(parameter, *error);
}

void check_file_or_folder(Faults& faults, const std::string& parameter, const fs::path& path, const std::string& extension) {
  path.extension() == extension ? check_file(faults, parameter, path) : check_folder(faults, parameter, path);
}

}  // namespace tivit
