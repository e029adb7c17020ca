#pragma once
#include <cstdint>
#include <functional>
#include <stages/keyboard/geometry.hpp>
#include <stages/notes/note.hpp>

namespace tivit::keyboard {

struct Rendering {
  PictureSize picture{640, 360};
  double fps = 25;
  double tail_s = 0.5;    ///< of silence after the last note
  double duration_s = 0;  ///< at least this long
  bool hands = true;
  double light_changes = 1;
};

/// Frames of the piece's film.
std::int64_t film_length(const notes::Notes& notes, const Rendering& rendering);

/// Draws the piece, frame by frame: `use(i420)` with planes of the picture's size. A key is half down at its onset.
void render(const notes::Notes& notes, const Corners& corners, const Rendering& rendering, std::uint64_t seed,
            const std::function<void(const std::uint8_t*)>& use);

}  // namespace tivit::keyboard
