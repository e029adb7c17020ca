#include <tivit/time.hpp>

#include <cmath>

namespace tivit {

Nanoseconds nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

Nanoseconds TimeGrid::at(double row) const { return origin + std::llround(row * hop_ns); }

}  // namespace tivit
