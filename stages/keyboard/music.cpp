#include <stages/keyboard/music.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <tivit/dice.hpp>

namespace tivit::keyboard {
namespace {

constexpr double shortest_rest_s = 0.06;

/// One hand, playing figure after figure in its range of a major scale.
class Hand {
 public:
  Hand(Dice& dice, int root, int low, int high) : dice_(dice) {
    constexpr std::array<int, 7> major{0, 2, 4, 5, 7, 9, 11};
    for (int pitch = low; pitch <= high; ++pitch)
      if (std::count(major.begin(), major.end(), (pitch - root + 120) % 12)) scale_.push_back(pitch);
    place_ = static_cast<int>(scale_.size()) / 2;
  }

  void play(double until_s, std::vector<notes::Note>& out) {
    t_ = dice_.uniform(0.4, 1.2);
    end_ = until_s - 0.3;
    while (t_ < end_) {
      move(dice_.whole(-7, 7));
      const double figure = dice_.uniform(0, 1);
      if (figure < 0.28)
        run(out);
      else if (figure < 0.50)
        chords(out);
      else if (figure < 0.64)
        repeated(out);
      else if (figure < 0.90)
        melody(out);
      else
        t_ += dice_.uniform(0.4, 1.0);
    }
  }

 private:
  void move(int steps) { place_ = std::clamp(place_ + steps, 0, static_cast<int>(scale_.size()) - 1); }
  void strike(int pitch, double length_s, std::vector<notes::Note>& out, double late_s = 0) {
    if (t_ < end_) out.push_back({t_ + late_s, std::min(t_ + late_s + length_s, end_ + 0.2), pitch});
  }
  /// A note off the scale now and then, so that black and white keys mix in every key signature.
  int pitch() { return std::clamp(scale_[place_] + (dice_.chance(0.12) ? 1 : 0), 21, 108); }

  void run(std::vector<notes::Note>& out) {
    const double step_s = dice_.uniform(0.09, 0.16);
    int direction = dice_.chance(0.5) ? 1 : -1;
    for (int n = dice_.whole(8, 20); n > 0; --n, t_ += step_s) {
      if (place_ + direction < 0 || place_ + direction >= static_cast<int>(scale_.size()) || dice_.chance(0.06)) direction = -direction;
      move(direction);
      strike(pitch(), step_s * dice_.uniform(0.75, 1.0), out);
    }
  }
  void chords(std::vector<notes::Note>& out) {
    const double step_s = dice_.uniform(0.3, 0.8);
    for (int n = dice_.whole(2, 5); n > 0; --n, t_ += step_s) {
      move(dice_.whole(-2, 2));
      const double length_s = step_s * dice_.uniform(0.5, 0.95);
      int at = std::max(0, std::min(place_, static_cast<int>(scale_.size()) - 8));
      const int lowest = at;
      for (int voices = dice_.whole(2, 4); voices > 0 && at - lowest <= 7; --voices, at += dice_.whole(2, 3))
        strike(scale_[at], length_s, out, dice_.uniform(0, 0.015));
    }
  }
  void repeated(std::vector<notes::Note>& out) {
    const double step_s = dice_.uniform(0.16, 0.28);
    const int key = pitch();
    for (int n = dice_.whole(4, 9); n > 0; --n, t_ += step_s) strike(key, step_s * dice_.uniform(0.4, 0.65), out);
  }
  void melody(std::vector<notes::Note>& out) {
    const double beat_s = dice_.uniform(0.2, 0.5);
    for (int n = dice_.whole(4, 9); n > 0; --n) {
      move(dice_.whole(-3, 3));
      const double length_s = beat_s * (dice_.chance(0.2) ? 2 : 1);
      strike(pitch(), length_s * dice_.uniform(0.6, 1.0), out);
      t_ += length_s;
    }
  }

  Dice& dice_;
  std::vector<int> scale_;
  int place_ = 0;
  double t_ = 0, end_ = 0;
};

}  // namespace

notes::Notes compose(std::uint64_t seed, double duration_s) {
  Dice dice(seed);
  const int root = dice.whole(0, 11), middle = dice.whole(55, 65);
  notes::Notes piece;
  Hand(dice, root, 21 + dice.whole(0, 14), middle - 2).play(duration_s, piece.list);
  Hand(dice, root, middle + 2, 108 - dice.whole(0, 10)).play(duration_s, piece.list);
  std::sort(piece.list.begin(), piece.list.end(),
            [](const notes::Note& a, const notes::Note& b) { return std::pair(a.onset_s, a.pitch) < std::pair(b.onset_s, b.pitch); });
  // A key that is struck again has come up before; one that could not have is left out.
  std::map<int, notes::Note*> last;
  for (auto& note : piece.list) {
    if (auto* before = last[note.pitch]) {
      if (note.onset_s - before->onset_s < 2 * shortest_rest_s) {
        note.pitch = 0;
        continue;
      }
      before->offset_s = std::min(before->offset_s, note.onset_s - shortest_rest_s);
    }
    last[note.pitch] = &note;
  }
  std::erase_if(piece.list, [](const notes::Note& note) { return note.pitch == 0; });
  return piece;
}

}  // namespace tivit::keyboard
