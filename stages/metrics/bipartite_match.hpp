#pragma once
// One-to-one matching of as many pairs as possible (Hopcroft and Karp).
#include <utility>
#include <vector>

namespace tivit::metrics {

using Pair = std::pair<int, int>;  ///< (reference, estimate), indices

/// The most pairs that can hold at once, sorted. `admissible` is in row-major order: by reference, then estimate. Of equally
/// large matchings it is the one that mir_eval finds, because overlap ratios and velocities depend on which it is.
std::vector<Pair> bipartite_match(const std::vector<Pair>& admissible, int references, int estimates);

}  // namespace tivit::metrics
