#include <stages/keyboard/render.hpp>

#include <algorithm>
#include <cmath>
#include <stages/keyboard/film.hpp>
#include <stages/keyboard/hands.hpp>
#include <stages/keyboard/painter.hpp>

namespace tivit::keyboard {
namespace {

constexpr double travel_s = 0.06;  ///< of a key, from top to bottom

double depth_at(const notes::Note& note, double t) {
  const double down = (t - note.onset_s) / travel_s + 0.5, up = (note.offset_s - t) / travel_s + 0.5;
  return std::clamp(std::min(down, up), 0.0, 1.0);
}

}  // namespace

std::int64_t film_length(const notes::Notes& notes, const Rendering& rendering) {
  double end_s = 0;
  for (const auto& note : notes.list) end_s = std::max(end_s, note.offset_s);
  return static_cast<std::int64_t>(std::ceil(std::max(rendering.duration_s, end_s + rendering.tail_s) * rendering.fps));
}

void render(const notes::Notes& notes, const Corners& corners, const Rendering& rendering, std::uint64_t seed,
            const std::function<void(const std::uint8_t*)>& use) {
  Dice dice(seed);
  Painter painter(corners, rendering.picture, dice);
  Film film(rendering.picture, dice.bits(), rendering.light_changes);
  const auto shares = share_between_hands(notes);
  const HandTrack left(shares[0], true), right(shares[1], false);
  const auto frames = film_length(notes, rendering);
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    const double t = static_cast<double>(frame) / rendering.fps;
    Depths depths{};
    for (const auto& note : notes.list) {
      if (note.onset_s > t + travel_s) break;
      const int key = note.pitch - notes::lowest_pitch;
      if (key >= 0 && key < notes::key_count) depths[key] = std::max(depths[key], depth_at(note, t));
    }
    const HandPose poses[2] = {left.plays() && rendering.hands ? left.at(t) : HandPose{},
                               right.plays() && rendering.hands ? right.at(t) : HandPose{}};
    const std::array<const HandPose*, 2> hands{left.plays() && rendering.hands ? &poses[0] : nullptr,
                                               right.plays() && rendering.hands ? &poses[1] : nullptr};
    use(film.expose(painter.frame(depths, hands), painter.stride_pixels(), t));
  }
}

}  // namespace tivit::keyboard
