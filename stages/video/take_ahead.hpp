#pragma once
// Pictures are made smaller and converted on the decoder's thread as they come out, while their bytes still lie in its processor's cache.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stages/video/pixels.hpp>

namespace tivit::video {

/// Where the pictures of frames go: what is cut out of that of frames[i] to place(i), from any thread.
struct Taking {
  std::span<const std::int64_t> frames;  ///< never falling
  Cut cut;
  std::function<std::uint8_t*(std::size_t)> place;
};

class TakeAhead {
 public:
  void begin(Taking taking);
  /// Nothing is written any more.
  void end();
  /// frames[i] is waited for: what comes out now for earlier ones is not what they are.
  void want(std::size_t i) { wanted_.store(i, std::memory_order_release); }
  /// The picture in place(i) is this one's.
  bool has_taken(std::size_t i, GstBuffer* picture) const { return from_[i].load(std::memory_order_acquire) == picture; }
  /// On the decoder's thread: the picture of `frame` comes out, if it is what it seems to be. It is taken again when it comes again.
  void offer(std::int64_t frame, GstCaps* caps, GstBuffer* picture);

 private:
  std::mutex mutex_;  // held while something is written
  Taking taking_;
  Pixels pixels_;
  std::atomic<std::size_t> wanted_{0};
  std::unique_ptr<std::atomic<GstBuffer*>[]> from_;
};

}  // namespace tivit::video
