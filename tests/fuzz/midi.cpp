// MIDI files: our check of the bytes, then libsmf.
#include <cmath>
#include <stages/notes/midi_file.hpp>
#include <tests/fuzz/fuzz.hpp>

using namespace tivit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::File file;
  const auto& path = file.put(fuzz::text_of(data, size));
  fuzz::was_read([&] {
    for (const auto& note : notes::read_midi(path).notes.list) {
      fuzz::require(std::isfinite(note.offset_s) && note.onset_s >= 0 && note.onset_s < note.offset_s, "a note that does not last");
      fuzz::require(note.pitch >= 0 && note.pitch <= 127 && note.velocity >= 1 && note.velocity <= 127, "a note out of MIDI's range");
    }
  });
  return 0;
}
