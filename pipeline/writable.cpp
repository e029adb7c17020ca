#include <fcntl.h>
#include <unistd.h>
#include <tivit/writable.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <tivit/atomic_file.hpp>
#include <tivit/missing_path.hpp>
#include <tivit/text_format.hpp>

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

/// What some stage writes, or a user gives: such a name is a file's, and where it stands for a folder it was given to the wrong stage.
bool is_named_as_a_file(const fs::path& path) {
  static constexpr std::string_view kinds[] = {".mid",  ".midi",  ".txt", ".png",  ".svg", ".npz",  ".csv", ".tsv",
                                               ".json", ".jsonl", ".mp4", ".html", ".log", ".toml", ".pt",  ".safetensors"};
  std::error_code code;
  return std::ranges::find(kinds, lower_extension(path)) != std::end(kinds) && !fs::exists(path, code);
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

void add_folder_fault(Faults& faults, const std::string& parameter, const fs::path& folder, const std::string& or_else) {
  if (folder.empty()) return;
  if (is_named_as_a_file(folder))
    faults.add(parameter,
               Error("is called as a file is, and a folder is wanted",
                     "name a folder, such as \"" + fs::path(folder).replace_extension().string() + "\"" + or_else, folder.string()));
  else if (const auto error = obstacle(folder))
    faults.add(parameter, *error);
}

}  // namespace

void check_folder(Faults& faults, const std::string& parameter, const fs::path& folder) { add_folder_fault(faults, parameter, folder, ""); }

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
  path.extension() == extension ? check_file(faults, parameter, path)
                                : add_folder_fault(faults, parameter, path, ", or a file that ends in " + extension);
}

}  // namespace tivit
