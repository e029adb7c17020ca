#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stages/keyboard/key_geometry.hpp>
#include <vector>

namespace tivit::keyboard {

/// What a strip shows at a pixel when every key is up: a black key's top, the edge of one (either key, or both by halves: how far black
/// keys stand out of the plane is not known), nothing but a white key, or no key.
enum class Surface { black, edge, white, outside };

/// What one strip pixel looks like without hands and with its key up, from its values over time. Percentiles interpolate linearly
/// between ranks. Never empty.
///   bright rule   the median of the values above .72 of the 95th percentile: what a hand or a pressed key darkens is left out
///   dark rule     the median of those less than 45 above the 5th percentile: a hand over something dark is left out
/// A plain median keeps resting hands, a percentile keeps a key that is down a third of the time. The dark rule holds for a black key.
/// Elsewhere the bright one does if the 80th percentile is above 150, but at an edge not if the more values are dark, and darker than a
/// hand is: then fingers rest on a black key. Where nothing is so bright: for a white key the bright rule if the dark values are the
/// fewer (they are what the pressed key darkens), at an edge the plain median, elsewhere the dark rule.
std::uint8_t background_of(std::span<const std::uint8_t> values, Surface surface);

/// For each pixel of a strip, row by row.
std::vector<Surface> surfaces(const KeyGeometry& geometry);

}  // namespace tivit::keyboard
