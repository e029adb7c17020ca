// One file a chunk. Files appear whole (written under another name, then renamed) and are read through mmap, so that a file another
// process evicts stays readable for who has it. Only making room takes a lock.
#include <ATen/ops/from_blob.h>
#include <sys/mman.h>
#include <unistd.h>
#include <stages/video/chunk_file.hpp>
#include <stages/video/chunk_store.hpp>
#include <stages/video/disk_space.hpp>
#include <tivit/error.hpp>

#include <atomic>
#include <optional>
#include <vector>

namespace tivit::video {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t page = 4096;

/// Bytes [begin, end) of a file, from and to whole pages.
struct Piece {
  int descriptor;
  std::size_t begin, end;
};

/// Pieces of files that lie one after the other in memory.
struct Mapping {
  void* address = MAP_FAILED;
  std::size_t size = 0;
  explicit Mapping(const std::vector<Piece>& pieces) {
    for (const auto& piece : pieces) size += piece.end - piece.begin;
    address = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    auto* to = static_cast<char*>(address);
    for (const auto& piece : pieces) {
      if (address == MAP_FAILED) return;
      const auto length = piece.end - piece.begin;
      // Private and writable: a stage that wrongly writes into a shared value spoils its own copy only.
      if (mmap(to, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, piece.descriptor, static_cast<off_t>(piece.begin)) ==
          MAP_FAILED)
        munmap(address, size), address = MAP_FAILED;
      to += length;
    }
#ifdef MADV_POPULATE_READ
    madvise(address, size, MADV_POPULATE_READ);  // once, not page by page when they are read
#endif
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
    const auto file = whole(name);
    if (!file) return {};
    return view({&*file, 1}, 0, file->header().sizes[0]);
  }

  at::Tensor joined(std::span<const std::string> names, std::int64_t first, std::int64_t count) override {
    // Each is open until all are: what is longer is copied, one file after the other.
    constexpr std::size_t most = 64;
    if (names.size() > most) return {};
    std::vector<ChunkFile> files;
    for (const auto& name : names) {
      auto file = whole(name);
      if (!file) return {};
      files.push_back(*std::move(file));
      // Only whole pages can be joined.
      if (files.size() < names.size() && files.back().header().payload % page != 0) return {};
    }
    return view(files, first, count);
  }

  void put(const std::string& name, const at::Tensor& chunk) override {
    if (static_cast<std::uint64_t>(chunk.nbytes()) + ChunkFile::header_bytes > limit_) return;
    static std::atomic<std::uint64_t> number{0};
    const fs::path target = path(name);
    const fs::path temporary = target.string() + ".part" + std::to_string(getpid()) + "." + std::to_string(number++);
    std::error_code failed;
    fs::create_directories(target.parent_path(), failed);
    // Whatever goes wrong from here on: what was not renamed is not left behind.
    const std::unique_ptr<const fs::path, void (*)(const fs::path*)> left_over(&temporary, [](const fs::path* path) {
      std::error_code gone;
      fs::remove(*path, gone);
    });
    if (!ChunkFile::write(temporary, chunk))
      throw Error("the cache cannot be written", "is the disk full? give another `directory` or a smaller `limit`", target.string());
    space_.add(temporary, target);
  }

  std::uint64_t bytes() override { return space_.used(); }

 private:
  fs::path path(const std::string& name) const { return directory_ / name.substr(0, 2) / (name + ".rows"); }

  /// A file that is damaged is made again.
  std::optional<ChunkFile> whole(const std::string& name) const {
    ChunkFile file(path(name));
    if (!file.is_there()) return std::nullopt;
    if (!file.is_whole()) {
      std::error_code ignored;
      fs::remove(path(name), ignored);
      return std::nullopt;
    }
    file.touch();
    return file;
  }

  /// Rows of files that follow one another.
  static at::Tensor view(std::span<const ChunkFile> files, std::int64_t first, std::int64_t count) {
    const auto row = files[0].row_bytes();
    auto begin = static_cast<std::size_t>(first) * row, left = static_cast<std::size_t>(count) * row;
    const auto lead = begin % page;
    std::vector<Piece> pieces;
    for (const auto& file : files) {
      const auto end = std::min<std::size_t>(begin + left, file.header().payload);
      pieces.push_back(
          {file.descriptor(), ChunkFile::header_bytes + begin / page * page, ChunkFile::header_bytes + (end + page - 1) / page * page});
      left -= end - begin;
      begin = 0;
    }
    const auto mapping = std::make_shared<Mapping>(pieces);
    if (mapping->address == MAP_FAILED) return {};
    auto sizes = at::IntArrayRef(files[0].header().sizes.data(), static_cast<std::size_t>(files[0].header().axes)).vec();
    sizes[0] = count;
    return at::from_blob(
        static_cast<char*>(mapping->address) + lead, sizes, [mapping](void*) {}, at::TensorOptions(at::kByte));
  }

  fs::path directory_;
  std::uint64_t limit_;
  DiskSpace space_;
};

}  // namespace

std::unique_ptr<ChunkStore> disk_store(const fs::path& directory, std::uint64_t limit_bytes) {
  return std::make_unique<DiskStore>(directory, limit_bytes);
}

}  // namespace tivit::video
