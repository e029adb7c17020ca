#include <tivit/content_hash.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>
#include <tivit/error.hpp>
#include <tivit/file_stamp.hpp>

#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

namespace tivit {
namespace {

std::string digits(XXH128_hash_t hash) {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text;
}

struct OpenFile {
  int fd;
  explicit OpenFile(const std::filesystem::path& file) : fd(open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (fd >= 0) close(fd);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
};

}  // namespace

void Hash128::Free::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }
Hash128::Hash128() : state_(XXH3_createState()) { XXH3_128bits_reset(state_.get()); }
void Hash128::add(std::string_view bytes) { XXH3_128bits_update(state_.get(), bytes.data(), bytes.size()); }
std::string Hash128::hex() const { return digits(XXH3_128bits_digest(state_.get())); }

std::string hash_of(std::string_view bytes) { return digits(XXH3_128bits(bytes.data(), bytes.size())); }
std::uint64_t quick_hash(const void* bytes, std::size_t size) { return XXH3_64bits(bytes, size); }

std::string content_hash(const std::filesystem::path& file) {
  static std::mutex mutex;
  static std::map<std::string, std::pair<FileStamp, std::string>> known;

  const auto must = [&](bool right) {
    if (!right) throw Error(std::string("cannot be read: ") + std::strerror(errno), "check the path and its permissions", file.string());
  };
  const auto stamp = stamp_of(file);
  must(stamp.has_value());
  {
    std::lock_guard lock(mutex);
    const auto found = known.find(file.string());
    if (found != known.end() && found->second.first == *stamp) return found->second.second;
  }
  const OpenFile from(file);
  must(from.fd >= 0);
  std::vector<char> buffer(1 << 18);
  Hash128 hash;
  for (;;) {
    const auto count = read(from.fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    must(count >= 0);
    if (count == 0) break;
    hash.add({buffer.data(), static_cast<std::size_t>(count)});
  }
  std::lock_guard lock(mutex);
  return (known[file.string()] = {*stamp, hash.hex()}).second;
}

}  // namespace tivit
