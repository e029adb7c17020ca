#include <stages/video/spare_blocks.hpp>

#include <sys/mman.h>

#include <iterator>

namespace tivit::video {
namespace {

std::size_t whole_pages(std::size_t size) {
  constexpr std::size_t page = 4096;
  return (size + page - 1) / page * page;
}

}  // namespace

void* SpareBlocks::take(std::size_t size) {
  size = whole_pages(size);
  {
    const std::lock_guard lock(mutex_);
    // Given back last, it is most likely still in the cache.
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block)
      if (block->size == size) {
        void* const bytes = block->bytes;
        blocks_.erase(std::next(block).base());
        held_ -= size;
        return bytes;
      }
  }
  void* const bytes = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return bytes == MAP_FAILED ? nullptr : bytes;
}

void SpareBlocks::give(void* bytes, std::size_t size) {
  const std::lock_guard lock(mutex_);
  blocks_.push_back({bytes, whole_pages(size)});
  held_ += blocks_.back().size;
  while (held_ > most_) {
    munmap(blocks_.front().bytes, blocks_.front().size);
    held_ -= blocks_.front().size;
    blocks_.erase(blocks_.begin());
  }
}

}  // namespace tivit::video
