#pragma once
// Notes: what tivit makes, and what it is compared with.
#include <string_view>
#include <tivit/port.hpp>
#include <vector>

namespace tivit::notes {

struct Note {
  double onset_s = 0;   ///< seconds of stream time
  double offset_s = 0;  ///< > onset_s
  int pitch = 60;       ///< MIDI number; 21..108 are the 88 keys
  int velocity = 64;    ///< 1..127; silent video tells none, so this is a convention
  bool operator==(const Note&) const = default;
};

/// The notes of one recording or window, sorted by onset, then pitch.
struct Notes {
  std::vector<Note> list;
  bool labelled = true;  ///< false: there are no labels at all, which is not the same as silence
};

/// A day, in seconds. A time beyond it is a slip of whoever wrote it, and no MIDI file that is written here can hold one beyond a day and a
/// half.
constexpr double longest_s = 86400;
constexpr int lowest_pitch = 21;
constexpr int key_count = 88;

}  // namespace tivit::notes

template <>
struct tivit::PortTraits<tivit::notes::Notes> {
  static constexpr std::string_view name = "notes";
  static std::size_t bytes(const tivit::notes::Notes& notes) { return notes.list.size() * sizeof(tivit::notes::Note); }
};
