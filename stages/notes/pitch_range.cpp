#include <stages/notes/pitch_range.hpp>

#include <stages/notes/note.hpp>
#include <string>
#include <tivit/error.hpp>

namespace tivit::notes {

std::optional<PitchRange> usual_range(std::int64_t columns) {
  if (columns == key_count) return PitchRange{lowest_pitch, lowest_pitch + key_count - 1};
  if (columns == 128) return PitchRange{0, 127};
  return std::nullopt;
}

PitchRange pitch_range(const PitchRange* given, std::int64_t columns) {
  if (!given) {
    if (const auto usual = usual_range(columns)) return *usual;
    throw Error("the roll has " + std::to_string(columns) + " columns, and nothing says which pitches they are",
                "give the pitch of the first column (lowest_pitch); 88 and 128 columns need none");
  }
  if (given->lowest < 0 || given->highest > 127 || columns != given->highest - given->lowest + 1)
    throw Error("the roll has " + std::to_string(columns) + " columns, but the pitches " + std::to_string(given->lowest) + " to " +
                    std::to_string(given->highest) + " are " + std::to_string(given->highest - given->lowest + 1),
                "name the MIDI pitches of its first and last column; they lie in 0 to 127");
  return *given;
}

}  // namespace tivit::notes
