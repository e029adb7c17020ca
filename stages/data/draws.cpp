#include <algorithm>
#include <cmath>
#include <stages/data/draws.hpp>
#include <tivit/mix.hpp>

namespace tivit::data {
namespace {

double uniform(std::uint64_t& state) { return static_cast<double>(next_mixed(state) >> 11) * 0x1p-53; }

}  // namespace

Draws::Draws(std::vector<Recording> recordings, std::int64_t window_rows, const std::string& weight)
    : recordings_(std::move(recordings)), window_rows_(window_rows) {
  double total = 0;
  for (const auto& recording : recordings_) {
    const double density = static_cast<double>(recording.notes) / recording.length_s;
    total += weight == "equal" ? 1 : weight == "length" ? recording.length_s : recording.length_s * std::sqrt(density + 0.3);
    cumulative_.push_back(total);
  }
}

Draw Draws::draw(std::uint64_t seed) const {
  const double wanted = uniform(seed) * cumulative_.back();
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, wanted);
  Draw draw{static_cast<std::size_t>(found - cumulative_.begin()), 0, window_rows_};
  const auto total = recordings_[draw.recording].rows;
  if (total <= window_rows_) {
    draw.rows = total;
  } else {
    const auto starts = total - window_rows_ + 1;
    draw.first_row = std::min(static_cast<std::int64_t>(uniform(seed) * static_cast<double>(starts)), starts - 1);
  }
  return draw;
}

}  // namespace tivit::data
