#include <stages/video/disk_space.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <regex>
#include <system_error>
#include <tuple>
#include <vector>

namespace tivit::video {

namespace fs = std::filesystem;

namespace {

Error cannot_write(const fs::path& directory, const std::error_code& failed) {
  return Error("the cache cannot be written: " + failed.message(), write_remedy(failed.value()), directory.string());
}

// The folder is named by a person, and may hold files of theirs: only what the cache itself gives such names to is ever removed.
const std::array<std::regex, 2> own_folders{std::regex("[0-9a-f]{2}"), std::regex("[0-9a-f]{32}")};
const std::regex own_rows("[0-9]+\\.rows"), own_part("[0-9]+\\.rows\\.part[0-9]+\\.[0-9]+");

}  // namespace

/// Holds the folder's lock, shared by threads and processes, and the number in its file.
class DiskSpace::Locked {
 public:
  explicit Locked(const fs::path& directory)
      : directory_(directory), fd_(open((directory / "usage").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    int locked = -1;
    while (fd_ >= 0 && (locked = flock(fd_, LOCK_EX)) != 0 && errno == EINTR) continue;
    if (locked != 0) {
      const std::string why = std::strerror(errno);
      if (fd_ >= 0) close(fd_);
      throw Error("the cache cannot be used: " + why, "give another `directory`", directory.string());
    }
    struct stat info;
    if (fstat(fd_, &info) == 0 && info.st_size != 0 && info.st_size != sizeof(std::uint64_t)) {
      close(fd_);
      throw Error("there is a file \"usage\" that is not the cache's", "give another `directory`", directory.string());
    }
  }
  ~Locked() { close(fd_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  std::uint64_t read() const {
    std::uint64_t bytes = 0;
    return pread(fd_, &bytes, sizeof bytes, 0) == sizeof bytes ? bytes : 0;
  }
  void write(std::uint64_t bytes) const {
    errno = ENOSPC;  // what a short write means
    if (pwrite(fd_, &bytes, sizeof bytes, 0) != sizeof bytes)
      throw cannot_write(directory_, std::error_code(errno, std::generic_category()));
  }

 private:
  const fs::path& directory_;
  int fd_;
};

DiskSpace::DiskSpace(fs::path directory, std::uint64_t limit_bytes) : directory_(std::move(directory)), limit_(limit_bytes) {
  std::error_code failed;
  fs::create_directories(directory_, failed);
  if (failed) throw Error("the cache's folder cannot be made: " + failed.message(), "give another `directory`", directory_.string());
  Locked lock(directory_);
  lock.write(make_room(0));
}

std::uint64_t DiskSpace::make_room(std::uint64_t room) {
  struct File {
    timespec used;
    std::uint64_t size;
    fs::path path;
  };
  std::vector<File> files;
  std::uint64_t total = 0;
  std::error_code gone;
  const auto forgotten = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (fs::recursive_directory_iterator at(directory_, fs::directory_options::skip_permission_denied, gone), end; at != end;
       at.increment(gone)) {
    const auto& path = at->path();
    const auto depth = static_cast<std::size_t>(at.depth());
    const std::string name = path.filename().string();
    const auto type = at->symlink_status(gone).type();
    if (type == fs::file_type::directory) {
      if (depth >= own_folders.size() || !std::regex_match(name, own_folders[depth])) at.disable_recursion_pending();
    } else if (type != fs::file_type::regular || depth != own_folders.size()) {
      continue;
    } else if (std::regex_match(name, own_rows)) {
      struct stat info;
      if (stat(path.c_str(), &info) != 0) continue;
      files.push_back({info.st_atim, static_cast<std::uint64_t>(info.st_size), path});
      total += files.back().size;
    } else if (std::regex_match(name, own_part) && fs::last_write_time(path, gone) < forgotten) {
      fs::remove(path, gone);  // left by a process that died
    }
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return std::tie(a.used.tv_sec, a.used.tv_nsec) < std::tie(b.used.tv_sec, b.used.tv_nsec); });
  // One file more than needed is not enough: the next file would come back here at once.
  const auto aim = total + room > limit_ ? limit_ - limit_ / 16 : limit_;
  for (const auto& file : files) {
    if (total + room <= std::max(aim, room)) break;
    fs::remove(file.path, gone);
    total -= file.size;
  }
  return total;
}

void DiskSpace::add(const fs::path& temporary, const fs::path& target) {
  Locked lock(directory_);
  std::error_code failed;
  const auto size = fs::file_size(temporary, failed);
  if (failed) throw cannot_write(directory_, failed);
  auto total = lock.read();
  std::error_code none;
  const auto replaced = fs::file_size(target, none);
  if (!none) total -= std::min<std::uint64_t>(total, replaced);
  if (total + size > limit_) total = make_room(size);
  fs::rename(temporary, target, failed);
  if (failed) throw cannot_write(directory_, failed);
  lock.write(total + size);
}

std::uint64_t DiskSpace::used() { return Locked(directory_).read(); }

}  // namespace tivit::video
