#include <tivit/time.hpp>

#include <cmath>

namespace tivit {

Nanoseconds nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

Nanoseconds TimeGrid::at(double row) const { return origin + std::llround(row * hop_ns); }

TimeGrid TimeGrid::unpooled() const {
  if (pooled == 1) return *this;
  const double hop = hop_ns / pooled;
  return {origin - std::llround(hop * (pooled - 1) / 2), hop};
}

}  // namespace tivit
