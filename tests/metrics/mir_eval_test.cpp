// The 30 golden pairs of mir_eval: every number it gives them, to 1e-6.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stages/metrics/multipitch.hpp>
#include <stages/metrics/note_match.hpp>
#include <tests/shared_data.hpp>

namespace {

using namespace tivit::metrics;
using nlohmann::json;

/// Lines of numbers; what follows `#` is a comment.
std::vector<std::vector<double>> table(const std::filesystem::path& path) {
  std::vector<std::vector<double>> rows;
  std::ifstream file(path);
  BOOST_REQUIRE_MESSAGE(file, path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::vector<double> row;
    for (double value; fields >> value;) row.push_back(value);
    if (!row.empty()) rows.push_back(row);
  }
  return rows;
}

double cents_of_hz(double hz) { return 1200 * std::log2(hz); }
double midi_of_hz(double hz) { return 12 * (std::log2(hz) - std::log2(440.0)) + 69; }

/// The third column is taken for a frequency in the velocity set too, where it is a MIDI number: that is how its scores were made.
std::vector<ScoredNote> notes_of(const std::filesystem::path& path, bool velocity) {
  std::vector<ScoredNote> notes;
  for (const auto& row : table(path)) notes.push_back({row.at(0), row.at(1), cents_of_hz(row.at(2)), velocity ? row.at(3) : 64});
  check_notes(notes, path.string());
  return notes;
}

/// Compares figures that a fixture names; both sides must have the same names.
void compare(const std::map<std::string, double>& ours, const json& theirs, const std::string& name) {
  BOOST_TEST(ours.size() == theirs.size());
  for (const auto& [figure, value] : theirs.items()) {
    BOOST_REQUIRE_MESSAGE(ours.contains(figure), name << " lacks " << figure);
    BOOST_TEST(std::abs(ours.at(figure) - value.get<double>()) < 1e-6,
               name << ": " << figure << " is " << ours.at(figure) << ", not " << value);
  }
}

void put(std::map<std::string, double>& into, const std::string& prefix, const std::string& suffix, const Ratios& r) {
  into[prefix + "Precision" + suffix] = r.precision;
  into[prefix + "Recall" + suffix] = r.recall;
  into[prefix + "F-measure" + suffix] = r.f1;
}

template <class Score>
void for_each_fixture(const std::string& folder, int count, const char* pattern, const Score& score) {
  const auto root = tivit::tests::shared("data/mir_eval/" + folder);
  if (!root) return;
  for (int i = 0; i < count; ++i) {
    char number[8];
    std::snprintf(number, sizeof number, pattern, i);
    const auto wanted = json::parse(std::ifstream(*root / ("output" + std::string(number) + ".json")));
    compare(score(*root / ("ref" + std::string(number) + ".txt"), *root / ("est" + std::string(number) + ".txt")), wanted, folder + number);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mir_eval)

BOOST_AUTO_TEST_CASE(transcription) {
  for_each_fixture("transcription", 10, "%02d", [](const auto& reference_path, const auto& estimate_path) {
    const auto reference = notes_of(reference_path, false), estimate = notes_of(estimate_path, false);
    std::map<std::string, double> ours;
    const auto score = [&](const auto& matches) { return ratios(matches.size(), reference.size(), estimate.size()); };
    const auto with_offset = match_notes(reference, estimate, {});
    const auto onset_only = match_notes(reference, estimate, {.offset_ratio = std::nullopt});
    put(ours, "", "", score(with_offset));
    put(ours, "", "_no_offset", score(onset_only));
    put(ours, "Onset_", "", score(match_onsets(reference, estimate)));
    put(ours, "Offset_", "", score(match_offsets(reference, estimate)));
    ours["Average_Overlap_Ratio"] = average_overlap(with_offset, reference, estimate);
    ours["Average_Overlap_Ratio_no_offset"] = average_overlap(onset_only, reference, estimate);
    return ours;
  });
}

BOOST_AUTO_TEST_CASE(transcription_velocity) {
  for_each_fixture("transcription_velocity", 10, "%d", [](const auto& reference_path, const auto& estimate_path) {
    const auto reference = notes_of(reference_path, true), estimate = notes_of(estimate_path, true);
    std::map<std::string, double> ours;
    for (const bool offsets : {true, false}) {
      const std::string suffix = offsets ? "" : "_no_offset";
      const auto loose = match_notes(reference, estimate, {.offset_ratio = offsets ? std::optional(0.2) : std::nullopt});
      const auto matches = match_velocities(loose, reference, estimate);
      put(ours, "", suffix, ratios(matches.size(), reference.size(), estimate.size()));
      ours["Average_Overlap_Ratio" + suffix] = average_overlap(matches, reference, estimate);
    }
    return ours;
  });
}

BOOST_AUTO_TEST_CASE(multipitch) {
  for_each_fixture("multipitch", 10, "%02d", [](const auto& reference_path, const auto& estimate_path) {
    std::vector<double> times[2];
    PitchFrames frames[2];
    for (int side : {0, 1})
      for (const auto& row : table(side ? estimate_path : reference_path)) {
        times[side].push_back(row[0]);
        frames[side].emplace_back();
        for (std::size_t i = 1; i < row.size(); ++i) frames[side].back().push_back(midi_of_hz(row[i]));
      }
    const auto estimate = resampled(frames[1], times[1], times[0]);
    std::map<std::string, double> ours;
    for (const bool chroma : {false, true}) {
      const auto scores = tivit::metrics::multipitch(frames[0], estimate, chroma);
      const std::string prefix = chroma ? "Chroma " : "";
      ours[prefix + "Precision"] = scores.precision;
      ours[prefix + "Recall"] = scores.recall;
      ours[prefix + "Accuracy"] = scores.accuracy;
      ours[prefix + "Substitution Error"] = scores.substitution_error;
      ours[prefix + "Miss Error"] = scores.miss_error;
      ours[prefix + "False Alarm Error"] = scores.false_alarm_error;
      ours[prefix + "Total Error"] = scores.total_error;
    }
    return ours;
  });
}

BOOST_AUTO_TEST_SUITE_END()
