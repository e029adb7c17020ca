#include <tivit/missing_path.hpp>

#include <system_error>
#include <tivit/text_format.hpp>

namespace tivit {

std::optional<Error> missing_path(const std::filesystem::path& path) {
  std::error_code failed;
  if (std::filesystem::exists(path, failed)) return std::nullopt;
  return Error("there is no file or folder " + quoted(path.string()) + (failed ? ": " + failed.message() : ""),
               "check the path; relative paths start at the current directory");
}

}  // namespace tivit
