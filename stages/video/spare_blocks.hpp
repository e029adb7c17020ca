#pragma once
// Large blocks of memory that are needed again and again: kept for the next one, outside the heap.
#include <cstddef>
#include <mutex>
#include <vector>

namespace tivit::video {

/// In the heap, blocks of 1 MiB between blocks of 50 leave holes that none of the larger fits into, and every one is fetched from the
/// system, zeroed page by page. Thread-safe.
class SpareBlocks {
 public:
  /// What is kept beyond `most` bytes goes back to the system, the block that waited longest first.
  explicit SpareBlocks(std::size_t most) : most_(most) {}
  /// Of whole pages, at the start of one; null: there is no memory.
  void* take(std::size_t size);
  void give(void* bytes, std::size_t size);

 private:
  struct Block {
    void* bytes;
    std::size_t size;
  };
  const std::size_t most_;
  std::mutex mutex_;
  std::vector<Block> blocks_;
  std::size_t held_ = 0;
};

}  // namespace tivit::video
