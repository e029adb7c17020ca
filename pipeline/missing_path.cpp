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

std::optional<Error> not_a_file(const std::filesystem::path& path) {
  const auto what = [&]() -> const char* {
    std::error_code failed;
    switch (std::filesystem::status(path, failed).type()) {
      case std::filesystem::file_type::directory: return "a folder";
      case std::filesystem::file_type::fifo: return "a pipe";
      case std::filesystem::file_type::socket: return "a socket";
      case std::filesystem::file_type::block:
      case std::filesystem::file_type::character: return "a device";
      default: return nullptr;
    }
  }();
  if (!what) return std::nullopt;
  return Error(std::string("is ") + what + ", not a file", "name a file", path.string());
}

void must_be_a_file(const std::filesystem::path& path) {
  if (const auto error = not_a_file(path)) throw *error;
}

}  // namespace tivit
