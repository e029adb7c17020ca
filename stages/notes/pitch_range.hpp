#pragma once
// Which MIDI pitches the columns of a roll are, where 88 or 128 columns do not tell. Travels beside the roll.
#include <cstdint>
#include <optional>

namespace tivit::notes {

struct PitchRange {
  int lowest = 21, highest = 108;  ///< MIDI pitches of the first and the last column
};

/// 88 columns begin at A0, 128 at MIDI 0; nothing for other widths.
std::optional<PitchRange> usual_range(std::int64_t columns);
/// `given`, or else the usual one. Throws Error where the roll's width is not that of the range.
PitchRange pitch_range(const PitchRange* given, std::int64_t columns);

}  // namespace tivit::notes
