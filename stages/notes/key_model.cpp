#include <stages/notes/key_model.hpp>

#include <algorithm>
#include <cmath>

namespace tivit::notes {
namespace {

constexpr int classes = pitch_classes;
using Profile = std::array<double, classes>;

constexpr Profile major{6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88};
constexpr Profile minor{6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17};

/// The profile of every key, its tonic moved into place; `similar` has length 1, `distribution` sums to 1.
struct Profiles {
  std::array<Profile, keys_of_music> similar, distribution;
  Profiles() {
    for (int key = 0; key < keys_of_music; ++key) {
      const Profile& shape = key < classes ? major : minor;
      double sum = 0, squares = 0;
      for (double value : shape) sum += value, squares += value * value;
      for (int pitch = 0; pitch < classes; ++pitch) {
        const double value = shape[(pitch - key % classes + classes) % classes];
        similar[key][pitch] = value / std::sqrt(squares);
        distribution[key][pitch] = value / sum;
      }
    }
  }
};

const Profiles& profiles() {
  static const Profiles all;
  return all;
}

}  // namespace

void PitchClassSums::add(const double* probabilities, std::int64_t rows, std::int64_t width, int lowest_pitch) {
  for (std::int64_t row = 0; row < rows; ++row) {
    Profile folded{};
    for (std::int64_t column = 0; column < width; ++column)
      folded[(lowest_pitch + column) % classes] += probabilities[row * width + column];
    Profile sum = before_.back();
    for (int pitch = 0; pitch < classes; ++pitch) sum[pitch] += folded[pitch];
    before_.push_back(sum);
  }
}

std::array<double, pitch_classes> PitchClassSums::between(std::int64_t begin, std::int64_t end) const {
  Profile sum = before_[static_cast<std::size_t>(end)];
  for (int pitch = 0; pitch < classes; ++pitch) sum[pitch] -= before_[static_cast<std::size_t>(begin)][pitch];
  return sum;
}

const std::array<std::string_view, keys_of_music>& key_names() {
  static const std::array<std::string_view, keys_of_music> names{
      "C:maj", "C#:maj", "D:maj", "D#:maj", "E:maj", "F:maj", "F#:maj", "G:maj", "G#:maj", "A:maj", "A#:maj", "B:maj",
      "C:min", "C#:min", "D:min", "D#:min", "E:min", "F:min", "F#:min", "G:min", "G#:min", "A:min", "A#:min", "B:min"};
  return names;
}

std::int64_t window_rows(double window_s, double rows_per_second) {
  double exact = window_s * rows_per_second;
  // 1.5 rows stay 1.5 rows, though a rate that was kept as a hop is off by rounding.
  const double half = std::nearbyint(2 * exact) / 2;
  if (std::abs(exact - half) < 1e-9 * std::max(1.0, half)) exact = half;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::nearbyint(exact))) | 1;
}

void key_track(const PitchClassSums& sums, double rows_per_second, const KeyRules& rules, double* posterior, double* prior) {
  const std::int64_t reach = window_rows(rules.window_s, rows_per_second) / 2, rows = sums.rows();
  for (std::int64_t row = 0; row < rows; ++row, posterior += keys_of_music, prior += classes) {
    const auto begin = std::max<std::int64_t>(0, row - reach), end = std::min(rows, row + reach + 1);
    Profile mean = sums.between(begin, end);
    double squares = 0;
    for (int pitch = 0; pitch < classes; ++pitch) {
      mean[pitch] /= static_cast<double>(end - begin);
      squares += mean[pitch] * mean[pitch];
    }
    const double norm = std::max(std::sqrt(squares), rules.epsilon);
    std::array<double, keys_of_music> score;
    for (int key = 0; key < keys_of_music; ++key) {
      double similarity = 0;
      for (int pitch = 0; pitch < classes; ++pitch) similarity += mean[pitch] / norm * profiles().similar[key][pitch];
      score[key] = rules.beta * similarity;
    }
    const double highest = *std::max_element(score.begin(), score.end());
    double total = 0;
    for (double& value : score) total += value = std::exp(value - highest);
    double prior_sum = 0;
    for (int key = 0; key < keys_of_music; ++key) posterior[key] = score[key] / total;
    for (int pitch = 0; pitch < classes; ++pitch) {
      double expected = 0;
      for (int key = 0; key < keys_of_music; ++key) expected += posterior[key] * profiles().distribution[key][pitch];
      prior_sum += prior[pitch] = rules.uniform / classes + (1 - rules.uniform) * expected;
    }
    for (int pitch = 0; pitch < classes; ++pitch) prior[pitch] /= prior_sum;
  }
}

double key_shift(double prior, const KeyRules& rules) { return rules.strength * (std::log(prior + rules.epsilon) + std::log(12.0)); }

}  // namespace tivit::notes
