#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stages/keyboard/key_geometry.hpp>
#include <vector>

namespace tivit::keyboard {

/// What one strip pixel looks like without hands and with its key up, from its values over time. If their 80th percentile is
/// above 150 (a white key), the median of those above .72 of the 95th percentile; else (a black key, wood) the median of
/// those less than 45 above the 5th percentile. A plain median keeps resting hands, a percentile keeps a key that is down a third
/// of the time. A pixel that cannot be of a black key but is no brighter than 150 lies on the edge of a white one: there the dark
/// values are what the pressed key hides if they are the fewer, and the first rule holds. Percentiles interpolate linearly
/// between ranks. Never empty.
std::uint8_t background_of(std::span<const std::uint8_t> values, bool may_be_black);

/// For each pixel of a strip, row by row: whether a black key may be seen there, or something that is no key.
std::vector<bool> may_be_black(const KeyGeometry& geometry);

}  // namespace tivit::keyboard
