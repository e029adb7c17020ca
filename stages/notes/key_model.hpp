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

/// Row by row: the probability of each key, and the prior of each pitch class that follows from it.
struct KeyTrack {
  std::vector<double> posterior;  ///< [rows, 24]
  std::vector<double> prior;      ///< [rows, 12]
};

/// Rows of the centred average: an odd number.
std::int64_t window_rows(double window_s, double rows_per_second);

/// `probabilities` is [rows, width], its first column MIDI pitch `lowest_pitch`. The rows are one recording.
KeyTrack key_track(const double* probabilities, std::int64_t rows, std::int64_t width, int lowest_pitch, double rows_per_second,
                   const KeyRules& rules);

/// What is added to the logits of a pitch class whose prior is `prior`.
double key_shift(double prior, const KeyRules& rules);

}  // namespace tivit::notes
