#include <stages/metrics/bipartite_match.hpp>

#include <algorithm>
#include <functional>
#include <optional>

namespace tivit::metrics {
namespace {

constexpr int none = -1, first_layer = -2;

/// Vertices on the left are estimates, on the right references, as in mir_eval.
class Matcher {
 public:
  Matcher(const std::vector<Pair>& admissible, int references, int estimates)
      : neighbours_(estimates), partner_of_right_(references, none) {
    for (const auto& [reference, estimate] : admissible) {
      if (neighbours_[estimate].empty()) order_.push_back(estimate);
      neighbours_[estimate].push_back(reference);
    }
  }

  std::vector<Pair> run() {
    greedy();
    while (augment()) {
    }
    std::vector<Pair> pairs;
    for (int right = 0; right < static_cast<int>(partner_of_right_.size()); ++right)
      if (partner_of_right_[right] != none) pairs.emplace_back(right, partner_of_right_[right]);
    return pairs;
  }

 private:
  void greedy() {
    for (int left : order_)
      for (int right : neighbours_[left])
        if (partner_of_right_[right] == none) {
          partner_of_right_[right] = left;
          matched_order_.push_back(right);
          break;
        }
  }

  /// One phase: layers of alternating paths from the free left vertices, then disjoint paths back. False: nothing gained.
  bool augment() {
    const std::size_t rights = partner_of_right_.size();
    std::vector<std::optional<std::vector<int>>> predecessors(rights);
    std::vector<int> predecessor(neighbours_.size(), none), layer, free_rights;
    std::vector<char> in_play(neighbours_.size(), 0);
    for (int left : order_) in_play[left] = 1, predecessor[left] = first_layer;
    for (int right : matched_order_) in_play[partner_of_right_[right]] = 0;
    for (int left : order_)
      if (in_play[left]) layer.push_back(left);
    while (!layer.empty() && free_rights.empty()) {
      std::vector<int> reached;
      std::vector<std::vector<int>> from(rights);
      for (int left : layer)
        for (int right : neighbours_[left]) {
          if (predecessors[right]) continue;
          if (from[right].empty()) reached.push_back(right);
          from[right].push_back(left);
        }
      layer.clear();
      for (int right : reached) {
        predecessors[right] = std::move(from[right]);
        const int left = partner_of_right_[right];
        if (left == none) {
          free_rights.push_back(right);
        } else {
          layer.push_back(left);
          predecessor[left] = right;
          in_play[left] = 1;
        }
      }
    }
    if (free_rights.empty()) return false;
    const std::function<bool(int)> rematch = [&](int right) {
      if (!predecessors[right]) return false;
      const std::vector<int> lefts = std::move(*predecessors[right]);
      predecessors[right].reset();
      for (int left : lefts) {
        if (!in_play[left]) continue;
        const int before = predecessor[left];
        in_play[left] = 0;
        if (before == first_layer || rematch(before)) {
          if (partner_of_right_[right] == none) matched_order_.push_back(right);
          partner_of_right_[right] = left;
          return true;
        }
      }
      return false;
    };
    for (int right : free_rights) rematch(right);
    return true;
  }

  std::vector<std::vector<int>> neighbours_;
  std::vector<int> order_;  ///< left vertices in order of first appearance
  std::vector<int> partner_of_right_;
  std::vector<int> matched_order_;
};

}  // namespace

std::vector<Pair> bipartite_match(const std::vector<Pair>& admissible, int references, int estimates) {
  return Matcher(admissible, references, estimates).run();
}

}  // namespace tivit::metrics
