#include <stages/video/frame_table.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::video {
namespace {

double farthest(const std::vector<Nanoseconds>& times, double fps) {
  double worst = 0;
  for (std::size_t i = 0; i < times.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(times[i]) - static_cast<double>(i) * 1e9 / fps));
  return worst;
}

}  // namespace

std::map<std::string, std::string> FrameTable::display() const {
  std::map<std::string, std::string> out;
  if (!orientation.empty()) out["orientation"] = orientation;
  if (pixel_width != pixel_height) out["pixel_aspect"] = std::to_string(pixel_width) + ":" + std::to_string(pixel_height);
  return out;
}

std::int64_t FrameTable::shown_at(double time_s) const {
  const auto after = std::upper_bound(times.begin(), times.end(), nanoseconds(time_s + 0.6e-3));
  return std::max<std::int64_t>(0, after - times.begin() - 1);
}

std::int64_t FrameTable::key_before(std::int64_t frame) const {
  const auto after = std::upper_bound(keys.begin(), keys.end(), frame);
  return after == keys.begin() ? 0 : *(after - 1);
}

std::int64_t FrameTable::frame_of(Nanoseconds time) const {
  const auto after = std::lower_bound(times.begin(), times.end(), time);
  std::int64_t best = after - times.begin();
  if (best == count() || (best > 0 && time - times[best - 1] < times[best] - time)) --best;
  const auto gap = std::min(best > 0 ? times[best] - times[best - 1] : end, (best + 1 < count() ? times[best + 1] : end) - times[best]);
  return std::abs(times[best] - time) <= std::max<Nanoseconds>(gap / 4, 1) ? best : -1;
}

std::optional<FrameTable::Damage> FrameTable::spoiled(Nanoseconds time, const std::vector<Nanoseconds>& before,
                                                      const std::string& what) const {
  const bool left_out = time < 0 || time >= end;
  const auto own = time < 0 ? 0 : left_out ? count() : frame_of(time);
  if (own < 0) return std::nullopt;
  Nanoseconds shown = -1;
  for (const auto other : before)
    if (other < time) shown = std::max(shown, other);
  const auto first = shown < 0 ? key_before(own) : shown >= end ? count() : frame_of(shown) + 1;
  const auto next = std::upper_bound(keys.begin(), keys.end(), own);
  return Damage{std::min(first, own), next == keys.end() ? count() : *next, what};
}

void FrameTable::finish() {
  if (count() < 2) {
    fps_ = end > 0 ? 1e9 / static_cast<double>(end) : 1;
    regular_ = true;
    return;
  }
  const double mean = static_cast<double>(count() - 1) * 1e9 / static_cast<double>(times.back() - times.front());
  fps_ = mean;
  // A rate in use (30, 29.97, …) that explains every time up to the container's rounding is the true one.
  for (const double rate : {std::round(mean), std::round(mean * 1.001) / 1.001, std::round(mean * 2) / 2})
    if (rate > 0 && farthest(times, rate) <= 1.1e6) {
      fps_ = rate;
      break;
    }
  regular_ = farthest(times, fps_) < 0.5e9 / fps_;
}

}  // namespace tivit::video
