#pragma once
// Which key a piece is in at each moment, and what that says about its pitch classes (Krumhansl's key profiles).
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tivit::notes {

constexpr int keys_of_music = 24;  ///< twelve major keys from C, then twelve minor ones

/// "C:maj", "C#:maj", …, "B:min".
const std::array<std::string_view, keys_of_music>& key_names();

struct KeyRules {
  double window_s = 3;    ///< pitch classes are averaged over this long
  double beta = 4;        ///< how decided the posterior is
  double uniform = 0.8;   ///< share of the prior that does not depend on the key
  double strength = 0.5;  ///< how much of the prior is added to logits
  double epsilon = 1e-8;  ///< keeps norms and logarithms finite
};

constexpr int pitch_classes = 12;

/// The probabilities of one recording, folded to pitch classes; its rows come in pieces, in order.
class PitchClassSums {
 public:
  /// `probabilities` is [rows, width], its first column MIDI pitch `lowest_pitch`.
  void add(const double* probabilities, std::int64_t rows, std::int64_t width, int lowest_pitch);
  std::int64_t rows() const { return static_cast<std::int64_t>(before_.size()) - 1; }
  /// Sum of the rows begin, …, end - 1.
  std::array<double, pitch_classes> between(std::int64_t begin, std::int64_t end) const;

 private:
  std::vector<std::array<double, pitch_classes>> before_{{}};  ///< sums of the rows before each row
};

/// Rows of the centred average: an odd number.
std::int64_t window_rows(double window_s, double rows_per_second);

/// Row by row, the probability of each key goes to `posterior`, [rows, 24], and the prior of each pitch class that follows from it to
/// `prior`, [rows, 12].
void key_track(const PitchClassSums& sums, double rows_per_second, const KeyRules& rules, double* posterior, double* prior);

/// What is added to the logits of a pitch class whose prior is `prior`.
double key_shift(double prior, const KeyRules& rules);

}  // namespace tivit::notes
