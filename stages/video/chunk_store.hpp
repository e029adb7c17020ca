#pragma once
// Where chunks of rows are kept: in memory, or as files that several processes share.
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace tivit::video {

/// Thread-safe. Names are those of FrameCache; what was put may be gone again when it is asked for.
class ChunkStore {
 public:
  virtual ~ChunkStore() = default;
  /// The chunk, or an undefined tensor. Stays valid after it is evicted.
  virtual at::Tensor find(const std::string& name) = 0;
  /// Rows [first, first + count) of neighbouring chunks laid end to end, without a copy; undefined where one is missing, or where they
  /// cannot be seen as one.
  virtual at::Tensor joined(std::span<const std::string> names, std::int64_t first, std::int64_t count) = 0;
  /// Keeps a contiguous uint8 tensor; what was used longest ago makes room for it. Larger than the limit: not kept.
  virtual void put(const std::string& name, const at::Tensor& chunk) = 0;
  virtual std::uint64_t bytes() = 0;
};

std::unique_ptr<ChunkStore> memory_store(std::uint64_t limit_bytes);
std::unique_ptr<ChunkStore> disk_store(const std::filesystem::path& directory, std::uint64_t limit_bytes);

}  // namespace tivit::video
