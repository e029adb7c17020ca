#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace tivit::keyboard {

/// What one strip pixel looks like without hands and with its key up, from its values over time:
/// if their 80th percentile is above 150 (a white key), the median of those above .72 of the 95th percentile; else (a black
/// key, wood) the median of those less than 45 above the 5th percentile. A plain median keeps resting hands, a percentile
/// keeps a key that is down a third of the time. Percentiles interpolate linearly between ranks. Never empty.
std::uint8_t background_of(std::span<const std::uint8_t> values);

}  // namespace tivit::keyboard
