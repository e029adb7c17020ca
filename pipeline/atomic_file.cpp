#include <fcntl.h>
#include <unistd.h>
#include <tivit/atomic_file.hpp>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <tivit/error.hpp>
#include <tivit/missing_path.hpp>

namespace tivit {
namespace fs = std::filesystem;

std::string write_remedy(int reason) {
  switch (reason) {
    case ENOSPC:
    case EDQUOT: return "make room on the disk";
    case EACCES:
    case EPERM:
    case EROFS: return "check the permissions, or give another place";
    case EISDIR: return "a folder of this name is in the way: give another name";
    default: return "give a place that can be written";
  }
}

AtomicFile::AtomicFile(fs::path final_name) : final_(std::move(final_name)) {
  static std::atomic<unsigned> counter{0};
  std::error_code code, none;
  // The link stays, what it names is replaced.
  if (fs::is_symlink(final_, none) && fs::exists(final_, none)) final_ = fs::canonical(final_);
  if (!fs::is_directory(final_, none)) must_be_a_file(final_);  // a rename would put a file in the place of /dev/stdout
  if (final_.has_parent_path()) fs::create_directories(final_.parent_path(), code);
  if (code) throw Error("the folder cannot be made: " + code.message(), write_remedy(code.value()), final_.parent_path().string());
  temporary_ = final_;
  temporary_ += ".part" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

AtomicFile::~AtomicFile() {
  std::error_code ignored;
  if (!committed_) fs::remove(temporary_, ignored);
}

void AtomicFile::commit() {
  const int file = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = file >= 0 && ::fsync(file) == 0;
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (!flushed) throw Error(std::string("the file cannot be written: ") + std::strerror(reason), write_remedy(reason), final_.string());
  std::error_code code;
  fs::rename(temporary_, final_, code);
  if (code) throw Error("the file cannot be put in its place: " + code.message(), write_remedy(code.value()), final_.string());
  committed_ = true;
}

void write_file(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  errno = 0;
  std::ofstream out(file.temporary(), std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  const int reason = errno;
  if (!out) throw Error(std::string("the file cannot be written: ") + std::strerror(reason), write_remedy(reason), path.string());
  file.commit();
}

void append_whole(const fs::path& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const ::off_t before = file < 0 ? -1 : ::lseek(file, 0, SEEK_END);
  std::string_view rest = bytes;
  bool failed = before < 0;
  while (!failed && !rest.empty()) {
    const auto written = ::write(file, rest.data(), rest.size());
    if (written > 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else
      failed = errno != EINTR;
  }
  const int reason = errno;
  if (failed && before >= 0 && ::ftruncate(file, before) != 0) failed = true;  // a half line stays: there is nothing more to be done
  if (file >= 0) ::close(file);
  if (failed)
    throw Error(std::string("the file cannot be written: ") + std::strerror(reason), "make room or check the permissions", path.string());
}

std::string read_file(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) throw Error("is a folder, not a file", "name a file", path.string());
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in)
    throw Error(std::string("the file cannot be read: ") + std::strerror(errno), "check that it is there and that you may read it",
                path.string());
  std::string bytes(static_cast<std::size_t>(in.tellg()), '\0');
  in.seekg(0);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in) throw Error("the file ended while it was read", "", path.string());
  return bytes;
}

}  // namespace tivit
