#pragma once
// Where ten fingers are while a piece is played.
#include <array>
#include <stages/keyboard/geometry.hpp>
#include <stages/notes/note.hpp>
#include <vector>

namespace tivit::keyboard {

/// Finger tips from left to right, in keyboard coordinates (white keys, key lengths). Fingers that do not play lie on keys too.
struct HandPose {
  std::array<Point, 5> tips;
};

class HandTrack {
 public:
  /// `notes`: of this hand, sorted by onset.
  HandTrack(const std::vector<notes::Note>& notes, bool left_hand);
  bool plays() const { return !groups_.empty(); }
  HandPose at(double time_s) const;

 private:
  struct Group {
    double onset_s = 0, free_s = 0;  ///< struck; the hand may leave
    HandPose pose;
  };
  std::vector<Group> groups_;
};

/// The notes of the left and of the right hand: each note goes to the hand that is nearer.
std::array<std::vector<notes::Note>, 2> share_between_hands(const notes::Notes& notes);

}  // namespace tivit::keyboard
