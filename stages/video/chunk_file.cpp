#include <stages/video/chunk_file.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <tivit/content_hash.hpp>

#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

namespace tivit::video {
namespace {

static_assert(sizeof(ChunkFile::Header) <= ChunkFile::header_bytes);

/// A number for the time since this machine started; 0: it has none.
std::uint64_t this_start() {
  static const std::uint64_t number = [] {
    std::ifstream stream("/proc/sys/kernel/random/boot_id");
    const std::string id{std::istreambuf_iterator<char>(stream), {}};
    return id.empty() ? 0 : quick_hash(id.data(), id.size());
  }();
  return number;
}

timespec now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return time;
}
std::int64_t nanoseconds_of(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

bool ChunkFile::write(const std::filesystem::path& path, const at::Tensor& chunk) {
  const timespec time = now();
  Header header;
  header.payload = static_cast<std::uint64_t>(chunk.nbytes());
  header.payload_hash = quick_hash(chunk.const_data_ptr(), chunk.nbytes());
  header.start = this_start(), header.written = nanoseconds_of(time);
  header.axes = chunk.dim();
  std::copy(chunk.sizes().begin(), chunk.sizes().end(), header.sizes.begin());
  std::array<char, header_bytes> head{};
  std::memcpy(head.data(), &header, sizeof header);
  std::ofstream stream(path, std::ios::binary);
  stream.write(head.data(), head.size());
  stream.write(static_cast<const char*>(chunk.const_data_ptr()), static_cast<std::streamsize>(chunk.nbytes()));
  stream.close();
  const timespec times[2] = {time, time};
  return stream && utimensat(AT_FDCWD, path.c_str(), times, 0) == 0;
}

ChunkFile::ChunkFile(const std::filesystem::path& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat info;
  if (fd_ < 0 || fstat(fd_, &info) != 0) return;
  size_ = static_cast<std::uint64_t>(info.st_size), time_ = nanoseconds_of(info.st_mtim);
  std::array<char, sizeof(Header)> head{};
  if (pread(fd_, head.data(), head.size(), 0) != static_cast<ssize_t>(head.size())) head = {};
  std::memcpy(&header_, head.data(), head.size());
}
ChunkFile::ChunkFile(ChunkFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_), time_(other.time_), header_(other.header_) {}
ChunkFile::~ChunkFile() {
  if (fd_ >= 0) close(fd_);
}

bool ChunkFile::is_untouched() const { return header_.start != 0 && header_.start == this_start() && header_.written == time_; }

bool ChunkFile::is_whole() const {
  if (header_.magic != Header{}.magic || header_.axes < 1 || header_.axes > 8 || header_.sizes[0] < 1 ||
      header_.payload + header_bytes != size_ ||
      std::accumulate(header_.sizes.begin(), header_.sizes.begin() + header_.axes, std::int64_t{1}, std::multiplies<>()) !=
          static_cast<std::int64_t>(header_.payload))
    return false;
  if (is_untouched()) return true;
  void* const bytes = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd_, 0);
  if (bytes == MAP_FAILED) return false;
  const auto hash = quick_hash(static_cast<const char*>(bytes) + header_bytes, header_.payload);
  munmap(bytes, size_);
  return hash == header_.payload_hash;
}

void ChunkFile::touch() const {
  const timespec times[2] = {now(), {0, UTIME_OMIT}};
  futimens(fd_, times);
}

}  // namespace tivit::video
