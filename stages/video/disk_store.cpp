// One file a chunk: a header, then the bytes. Files appear whole (written under another name, then renamed) and are read through
// mmap, so that a file another process evicts stays readable for who has it. Only making room takes a lock.
#include <ATen/ops/from_blob.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stages/video/chunk_store.hpp>
#include <stages/video/disk_space.hpp>
#include <tivit/error.hpp>

#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <numeric>

namespace tivit::video {
namespace {

namespace fs = std::filesystem;

struct Header {
  std::array<char, 8> magic = {'t', 'i', 'v', 'i', 't', 'u', '8', '1'};
  std::uint64_t payload = 0, payload_hash = 0;
  std::int64_t axes = 0;
  std::array<std::int64_t, 8> sizes{};
};
constexpr std::size_t header_bytes = 4096;  // the payload begins on a page
static_assert(sizeof(Header) <= header_bytes);

/// Catches what a crash or a full disk left behind, at a fraction of what reading costs.
std::uint64_t sum_of(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t sum = count, word = 0;
  for (std::size_t i = 0; i + 8 <= count; i += 8) {
    std::memcpy(&word, bytes + i, 8);
    sum = (sum ^ word) * 0x9fb21c651e98df25u;
    sum ^= sum >> 29;
  }
  for (std::size_t i = count & ~std::size_t{7}; i < count; ++i) sum = (sum ^ bytes[i]) * 0x9fb21c651e98df25u;
  return sum;
}

struct Mapping {
  void* address = MAP_FAILED;
  std::size_t size = 0;
  explicit Mapping(const fs::path& file) {
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat info;
    // Private and writable: a stage that wrongly writes into a shared value spoils its own copy only.
    if (fstat(fd, &info) == 0 && static_cast<std::size_t>(info.st_size) > header_bytes)
      address = mmap(nullptr, size = static_cast<std::size_t>(info.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (address != MAP_FAILED) futimens(fd, nullptr);  // used now: last to be evicted
    close(fd);
  }
  ~Mapping() {
    if (address != MAP_FAILED) munmap(address, size);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
};

class DiskStore final : public ChunkStore {
 public:
  DiskStore(const fs::path& directory, std::uint64_t limit) : directory_(directory), limit_(limit), space_(directory, limit) {}

  at::Tensor find(const std::string& name) override {
    const auto mapping = std::make_shared<Mapping>(file(name));
    if (mapping->address == MAP_FAILED) return {};
    Header header;
    std::memcpy(&header, mapping->address, sizeof header);
    auto* payload = static_cast<std::uint8_t*>(mapping->address) + header_bytes;
    const bool whole = header.magic == Header{}.magic && header.axes > 0 && header.axes <= 8 &&
                       header.payload + header_bytes == mapping->size &&
                       std::accumulate(header.sizes.begin(), header.sizes.begin() + header.axes, std::int64_t{1}, std::multiplies<>()) ==
                           static_cast<std::int64_t>(header.payload) &&
                       header.payload_hash == sum_of(payload, header.payload);
    if (!whole) {
      std::error_code ignored;
      fs::remove(file(name), ignored);
      return {};
    }
    return at::from_blob(
        payload, at::IntArrayRef(header.sizes.data(), static_cast<std::size_t>(header.axes)), [mapping](void*) {},
        at::TensorOptions(at::kByte));
  }

  void put(const std::string& name, const at::Tensor& chunk) override {
    const auto size = static_cast<std::uint64_t>(chunk.nbytes()) + header_bytes;
    if (size > limit_) return;
    static std::atomic<std::uint64_t> number{0};
    const fs::path target = file(name);
    const fs::path temporary = target.string() + ".part" + std::to_string(getpid()) + "." + std::to_string(number++);
    std::error_code failed;
    fs::create_directories(target.parent_path(), failed);
    // Whatever goes wrong from here on: what was not renamed is not left behind.
    const std::unique_ptr<const fs::path, void (*)(const fs::path*)> left_over(&temporary, [](const fs::path* path) {
      std::error_code gone;
      fs::remove(*path, gone);
    });
    Header header;
    header.payload = static_cast<std::uint64_t>(chunk.nbytes());
    header.payload_hash = sum_of(chunk.data_ptr<std::uint8_t>(), chunk.nbytes());
    header.axes = chunk.dim();
    std::copy(chunk.sizes().begin(), chunk.sizes().end(), header.sizes.begin());
    std::array<char, header_bytes> head{};
    std::memcpy(head.data(), &header, sizeof header);
    {
      std::ofstream stream(temporary, std::ios::binary);
      stream.write(head.data(), head.size());
      stream.write(reinterpret_cast<const char*>(chunk.data_ptr<std::uint8_t>()), static_cast<std::streamsize>(chunk.nbytes()));
      stream.flush();
      if (!stream)
        throw Error("the cache cannot be written", "is the disk full? give another `directory` or a smaller `limit`", target.string());
    }
    space_.add(temporary, target);
  }

  std::uint64_t bytes() override { return space_.used(); }

 private:
  fs::path file(const std::string& name) const { return directory_ / name.substr(0, 2) / (name + ".rows"); }
  fs::path directory_;
  std::uint64_t limit_;
  DiskSpace space_;
};

}  // namespace

std::unique_ptr<ChunkStore> disk_store(const fs::path& directory, std::uint64_t limit_bytes) {
  return std::make_unique<DiskStore>(directory, limit_bytes);
}

}  // namespace tivit::video
