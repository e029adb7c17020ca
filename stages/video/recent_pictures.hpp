#pragma once
// The pictures a decoder put out last, so that windows that overlap decode nothing twice.
#include <cstdint>
#include <deque>
#include <stages/video/gst.hpp>
#include <utility>

namespace tivit::video {

/// Neighbours without a gap: after one they begin anew.
class RecentPictures {
 public:
  void clear() { pictures_.clear(), bytes_ = 0; }
  void add(std::int64_t number, Ref<GstSample> sample) {
    if (!pictures_.empty() && number != pictures_.back().first + 1) clear();
    bytes_ += size(sample.get());
    pictures_.emplace_back(number, std::move(sample));
    while (bytes_ > limit && pictures_.size() > 1) {
      bytes_ -= size(pictures_.front().second.get());
      pictures_.pop_front();
    }
  }
  bool spans(std::int64_t number) const {
    return !pictures_.empty() && number >= pictures_.front().first && number <= pictures_.back().first;
  }
  GstSample* find(std::int64_t number) const {
    for (const auto& [own, sample] : pictures_)
      if (own == number) return sample.get();
    return nullptr;
  }

  static constexpr std::size_t limit = 24u << 20;

 private:
  static std::size_t size(GstSample* sample) { return gst_buffer_get_size(gst_sample_get_buffer(sample)); }
  std::deque<std::pair<std::int64_t, Ref<GstSample>>> pictures_;
  std::size_t bytes_ = 0;
};

}  // namespace tivit::video
