#pragma once
// Notes in MIDI files.
#include <filesystem>
#include <stages/notes/note.hpp>

namespace tivit::notes {

struct MidiContent {
  Notes notes;
  std::size_t without_duration = 0;  ///< note-ons ended in the same tick, left out
  std::size_t without_end = 0;       ///< note-ons that nothing ended; they last to the end of the file
};

/// All tracks and channels together, in seconds by the file's tempo map. A note-on of velocity 0 is an end. Of several notes of
/// one key and channel that sound together, the first end ends the one struck first. Throws Error for what is no MIDI file.
MidiContent read_midi(const std::filesystem::path& path);

/// One track, 960 ticks a quarter at 120 bpm (0.52 ms), at least one tick a note; written to a temporary name, then renamed.
/// Notes of one key that overlap come back with their ends in the order of their onsets.
void write_midi(const std::filesystem::path& path, const Notes& notes);

}  // namespace tivit::notes
