#pragma once
// Decoded rows (frames, strips, a background), kept so that a second epoch decodes nothing.
//
//   CacheKey key("keyboard/strips", 1);
//   key.file(clip.video).add("corners", …).add("frame_times", clip.frame_times);
//   at::Tensor window = cache->rows(key, clip.first_row, rows, total_rows,
//                                   [&](std::int64_t first, std::int64_t count) { return make_strips(first, count); });
//
// Rows are kept in chunks, so that overlapping and random windows share them. Thread-safe; two callers never make one chunk twice.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stages/video/cache_key.hpp>
#include <stages/video/chunk_store.hpp>
#include <tivit/resource.hpp>

namespace tivit::video {

class FrameCache : public Resource {
 public:
  /// Makes rows [first, first + count): uint8 `[count, …]`.
  using Make = std::function<at::Tensor(std::int64_t first, std::int64_t count)>;

  FrameCache() = default;
  explicit FrameCache(std::unique_ptr<ChunkStore> store, std::int64_t rows_per_chunk = 32)
      : store_(std::move(store)), chunk_rows_(rows_per_chunk) {}

  /// Rows [first, first + count) of a recording with `total` rows. `make` is asked for whole chunks that are missing, in one call
  /// for each run of neighbours, never beyond `total`; where that fails, for the asked rows alone, uncached. The result may be a view of a
  /// mapped file.
  at::Tensor rows(const CacheKey& key, std::int64_t first, std::int64_t count, std::int64_t total, const Make& make);

  struct Counts {
    std::uint64_t found = 0;  ///< chunks that were there
    std::uint64_t made = 0;   ///< chunks that had to be made
  };
  Counts counts() const { return {found_, made_}; }
  std::uint64_t bytes() { return store_->bytes(); }

 protected:
  std::unique_ptr<ChunkStore> store_;
  std::int64_t chunk_rows_ = 32;

 private:
  struct Wanted;
  void make_missing(Wanted& wanted, const Make& make);
  void keep(const std::string& name, const at::Tensor& rows);
  std::mutex mutex_;
  std::condition_variable made_one_;
  std::set<std::string> in_work_;
  std::atomic<std::uint64_t> found_{0}, made_{0};
  std::atomic<bool> told_{false};
};

}  // namespace tivit::video
