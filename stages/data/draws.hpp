#pragma once
// Random windows of recordings: which recording and which rows draw i of an epoch is, as a function of its seed alone.
#include <cstdint>
#include <string>
#include <vector>

namespace tivit::data {

struct Recording {
  double length_s = 0;
  std::int64_t notes = 0;
  std::int64_t rows = 0;  ///< of the whole recording
};

struct Draw {
  std::size_t recording = 0;
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
};

class Draws {
 public:
  /// weight: "density": length x sqrt(notes a second + 0.3); "length"; "equal".
  Draws(std::vector<Recording> recordings, std::int64_t window_rows, const std::string& weight);
  /// The start is uniform over all rows at which a whole window fits; a shorter recording is drawn whole.
  Draw draw(std::uint64_t seed) const;

 private:
  std::vector<Recording> recordings_;
  std::vector<double> cumulative_;
  std::int64_t window_rows_;
};

}  // namespace tivit::data
