#include <stages/video/take_ahead.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace tivit::video {

void TakeAhead::begin(Taking taking) {
  const std::lock_guard lock(mutex_);
  from_ = std::make_unique<std::atomic<GstBuffer*>[]>(taking.frames.size());
  taking_ = std::move(taking);
  wanted_ = 0;
}

void TakeAhead::end() {
  const std::lock_guard lock(mutex_);
  taking_ = {};
}

void TakeAhead::offer(std::int64_t frame, GstCaps* caps, GstBuffer* picture) {
  const std::lock_guard lock(mutex_);
  const auto& frames = taking_.frames;
  const auto first = frames.begin() + static_cast<std::ptrdiff_t>(std::min(wanted_.load(std::memory_order_acquire), frames.size()));
  const auto at = std::lower_bound(first, frames.end(), frame);
  if (at == frames.end() || *at != frame) return;
  const auto i = static_cast<std::size_t>(at - frames.begin());
  from_[i].store(nullptr, std::memory_order_release);
  try {
    pixels_.take(caps, picture, taking_.cut, taking_.place(i));
    from_[i].store(picture, std::memory_order_release);
  } catch (const std::exception&) {
    // Who waits for it will find out what is wrong.
  }
}

}  // namespace tivit::video
