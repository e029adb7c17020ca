#include <stages/keyboard/rectifier.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::keyboard {
namespace {

constexpr std::uint32_t whole = 1u << 16;
constexpr std::size_t kept = 32;  // some 2 MiB each

/// How many samples along one side of a strip pixel: one until it covers clearly more than a source pixel.
int samples_along(Point a, Point b) {
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  return length <= 1.15 ? 1 : static_cast<int>(std::ceil(2 * length));
}

/// Collects the weights of the few source pixels under one strip pixel.
class Footprint {
 public:
  explicit Footprint(PixelBox window) : window_(window) {}

  void clear() { weights_.clear(); }
  void bilinear(Point p) {
    const double x = std::clamp(p.x - window_.x, 0.0, window_.width - 1.0);
    const double y = std::clamp(p.y - window_.y, 0.0, window_.height - 1.0);
    const int column = std::min(static_cast<int>(x), std::max(window_.width - 2, 0));
    const int row = std::min(static_cast<int>(y), std::max(window_.height - 2, 0));
    const double fx = x - column, fy = y - row;
    add(column, row, (1 - fx) * (1 - fy));
    add(column + 1, row, fx * (1 - fy));
    add(column, row + 1, (1 - fx) * fy);
    add(column + 1, row + 1, fx * fy);
  }
  /// Integer weights that sum to `whole`; the largest takes what rounding leaves.
  template <class Put>
  void quantised(const Put& put) {
    double sum = 0;
    for (const auto& entry : weights_) sum += entry.weight;
    std::int64_t left = whole;
    std::vector<std::pair<std::uint32_t, std::int64_t>> rounded;
    std::size_t largest = 0;
    for (const auto& entry : weights_) {
      rounded.emplace_back(entry.pixel, std::llround(entry.weight / sum * whole));
      left -= rounded.back().second;
      if (rounded.back().second > rounded[largest].second) largest = rounded.size() - 1;
    }
    rounded[largest].second += left;
    for (const auto& [pixel, weight] : rounded)
      if (weight > 0) put(pixel, static_cast<std::uint32_t>(weight));
  }

 private:
  struct Entry {
    std::uint32_t pixel;
    double weight;
  };
  void add(int column, int row, double weight) {
    if (weight <= 0) return;
    const auto pixel = static_cast<std::uint32_t>(row * window_.width + column);
    for (auto& entry : weights_)
      if (entry.pixel == pixel) return void(entry.weight += weight);
    weights_.push_back({pixel, weight});
  }
  PixelBox window_;
  std::vector<Entry> weights_;
};

}  // namespace

PixelBox needed_box(const Corners& corners, PictureSize picture, const StripLayout& layout) {
  const Homography map = keyboard_to_picture(corners);
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
  for (const double x : {0.0, static_cast<double>(layout.width_px())})
    for (const double y : {0.0, static_cast<double>(layout.height_px)}) {
      const Point p = map({layout.white_at(x), layout.length_at(y)});
      left = std::min(left, p.x), right = std::max(right, p.x);
      top = std::min(top, p.y), bottom = std::max(bottom, p.y);
    }
  // Even numbers, so that chroma planes of half the size can be cropped too.
  const auto low = [](double v, int size) { return std::clamp(static_cast<int>(std::floor(v)) - 1, 0, size - 2) & ~1; };
  const auto high = [](double v, int size) { return std::clamp((static_cast<int>(std::ceil(v)) + 3) & ~1, 2, size); };
  PixelBox box{low(left, picture.width), low(top, picture.height), 0, 0};
  box.width = std::max(high(right, picture.width) - box.x, 2);
  box.height = std::max(high(bottom, picture.height) - box.y, 2);
  return box;
}

Rectifier::Rectifier(const Corners& corners, PictureSize picture, const StripLayout& layout, PixelBox window)
    : geometry_(strip_geometry(layout, corners, picture)), window_(window) {
  const Homography map = keyboard_to_picture(corners);
  const auto at = [&](double x, double y) { return map({layout.white_at(x), layout.length_at(y)}); };
  Footprint footprint(window);
  ends_.reserve(static_cast<std::size_t>(geometry_.width) * geometry_.height);
  for (int y = 0; y < geometry_.height; ++y)
    for (int x = 0; x < geometry_.width; ++x) {
      const int across = samples_along(at(x, y + 0.5), at(x + 1, y + 0.5));
      const int along = samples_along(at(x + 0.5, y), at(x + 0.5, y + 1));
      footprint.clear();
      for (int i = 0; i < across; ++i)
        for (int j = 0; j < along; ++j) footprint.bilinear(at(x + (i + 0.5) / across, y + (j + 0.5) / along));
      footprint.quantised([&](std::uint32_t pixel, std::uint32_t weight) { taps_.push_back({pixel, weight}); });
      ends_.push_back(static_cast<std::uint32_t>(taps_.size()));
    }
}

void Rectifier::operator()(const std::uint8_t* source, std::uint8_t* strip) const {
  const Tap* tap = taps_.data();
  for (const std::uint32_t end_index : ends_) {
    const Tap* const end = taps_.data() + end_index;
    std::uint32_t sum = whole / 2;
    for (; tap != end; ++tap) sum += source[tap->pixel] * tap->weight;
    *strip++ = static_cast<std::uint8_t>(sum >> 16);
  }
}

std::shared_ptr<const Rectifier> RectifierCache::get(const Corners& corners, PictureSize picture, const StripLayout& layout,
                                                     PixelBox window) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.corners == corners && entry.picture == picture && entry.layout == layout && entry.rectifier->window() == window;
  });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
  } else {
    entries_.push_front({corners, picture, layout, std::make_shared<const Rectifier>(corners, picture, layout, window)});
    if (entries_.size() > kept) entries_.pop_back();
  }
  return entries_.front().rectifier;
}

}  // namespace tivit::keyboard
