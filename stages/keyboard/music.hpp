#pragma once
#include <cstdint>
#include <stages/notes/note.hpp>

namespace tivit::keyboard {

/// A piece for two hands made of runs, chords, repeated notes, melodies and rests, `duration_s` long. A key is up for at least
/// 60 ms before it is struck again, and the hands keep to their own halves. The same seed gives the same piece.
notes::Notes compose(std::uint64_t seed, double duration_s);

}  // namespace tivit::keyboard
