#pragma once
// A file of the disk cache: a page that says what follows, then the bytes of a uint8 tensor.
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <filesystem>

namespace tivit::video {

class ChunkFile {
 public:
  /// The payload begins on a page.
  static constexpr std::size_t header_bytes = 4096;
  struct Header {
    std::array<char, 8> magic = {'t', 'i', 'v', 'i', 't', 'u', '8', '2'};
    std::uint64_t payload = 0, payload_hash = 0;
    std::uint64_t start = 0;   ///< of the machine during which it was written
    std::int64_t written = 0;  ///< the file's time
    std::int64_t axes = 0;
    std::array<std::int64_t, 8> sizes{};
  };
  /// False: there is no room, or the folder cannot be written to.
  [[nodiscard]] static bool write(const std::filesystem::path& path, const at::Tensor& chunk);

  explicit ChunkFile(const std::filesystem::path& path);
  ChunkFile(ChunkFile&& other) noexcept;
  ~ChunkFile();
  ChunkFile(const ChunkFile&) = delete;
  ChunkFile& operator=(const ChunkFile&) = delete;

  bool is_there() const { return fd_ >= 0; }
  /// Neither cut short nor changed. The bytes are read only where a crash may have lost some: a file that has been left alone since this
  /// machine started holds what was written to it.
  bool is_whole() const;
  const Header& header() const { return header_; }
  std::size_t row_bytes() const { return header_.payload / static_cast<std::size_t>(header_.sizes[0]); }
  int descriptor() const { return fd_; }
  /// Used now: last to be evicted.
  void touch() const;

 private:
  bool is_untouched() const;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::int64_t time_ = 0;
  Header header_;
};

}  // namespace tivit::video
