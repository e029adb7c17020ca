#include <stages/keyboard/hands.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::keyboard {
namespace {

constexpr double together_s = 0.05;

/// Puts the struck keys under fingers and the other fingers on what lies beside them.
HandPose pose_for(std::vector<int> pitches, bool left_hand, std::size_t number) {
  std::sort(pitches.begin(), pitches.end());
  if (pitches.size() > 5) pitches.resize(5);
  std::array<bool, 5> set{};
  HandPose pose;
  for (std::size_t k = 0; k < pitches.size(); ++k) {
    const std::size_t finger = pitches.size() == 1 ? 1 + number % 3 : (4 * k + (pitches.size() - 1) / 2) / (pitches.size() - 1);
    const auto span = key_span(pitches[k] - notes::lowest_pitch);
    pose.tips[finger] = {(span[0] + span[1]) / 2, is_black(pitches[k] - notes::lowest_pitch) ? 0.5 : 0.8};
    set[finger] = true;
  }
  constexpr double spacing = 0.95;
  for (int i = 0; i < 5; ++i) {
    if (set[i]) continue;
    int below = i, above = i;
    while (below >= 0 && !set[below]) --below;
    while (above < 5 && !set[above]) ++above;
    double x = 0;
    if (below >= 0 && above < 5)
      x = pose.tips[below].x + (pose.tips[above].x - pose.tips[below].x) * (i - below) / (above - below);
    else if (below >= 0)
      x = pose.tips[below].x + spacing * (i - below);
    else
      x = pose.tips[above].x - spacing * (above - i);
    constexpr std::array<double, 5> rest{0.9, 0.8, 0.76, 0.79, 0.86};  // thumb first
    pose.tips[i] = {std::clamp(x, 0.3, white_keys - 0.3), rest[left_hand ? 4 - i : i]};
  }
  return pose;
}

double ease(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

}  // namespace

HandTrack::HandTrack(const std::vector<notes::Note>& notes, bool left_hand) {
  for (std::size_t i = 0; i < notes.size();) {
    Group group{notes[i].onset_s, 0, {}};
    std::vector<int> pitches;
    for (; i < notes.size() && notes[i].onset_s < group.onset_s + together_s; ++i) {
      pitches.push_back(notes[i].pitch);
      group.free_s = std::max(group.free_s, notes[i].offset_s);
    }
    group.pose = pose_for(std::move(pitches), left_hand, groups_.size());
    groups_.push_back(group);
  }
}

HandPose HandTrack::at(double time_s) const {
  const auto next = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) { return g.onset_s - 0.02 > time_s; });
  if (next == groups_.begin()) return next->pose;
  const Group& now = *(next - 1);
  if (next == groups_.end()) return now.pose;
  const double arrive = next->onset_s - 0.02;
  const double leave = std::min(std::max(now.free_s, arrive - 0.25), arrive - 0.05);
  const double part = ease((time_s - leave) / (arrive - leave));
  HandPose pose;
  for (int i = 0; i < 5; ++i)
    pose.tips[i] = {now.pose.tips[i].x + part * (next->pose.tips[i].x - now.pose.tips[i].x),
                    now.pose.tips[i].y + part * (next->pose.tips[i].y - now.pose.tips[i].y)};
  return pose;
}

std::array<std::vector<notes::Note>, 2> share_between_hands(const notes::Notes& notes) {
  std::array<std::vector<notes::Note>, 2> hands;
  std::array<double, 2> place{45, 75};
  for (const auto& note : notes.list) {
    if (note.pitch < notes::lowest_pitch || note.pitch >= notes::lowest_pitch + notes::key_count) continue;
    const int hand = std::abs(note.pitch - place[0]) <= std::abs(note.pitch - place[1]) ? 0 : 1;
    hands[hand].push_back(note);
    place[hand] += 0.3 * (note.pitch - place[hand]);
    // The left hand stays at the left.
    if (place[0] > place[1] - 6) place[1 - hand] = hand == 0 ? place[0] + 6 : place[1] - 6;
  }
  return hands;
}

}  // namespace tivit::keyboard
