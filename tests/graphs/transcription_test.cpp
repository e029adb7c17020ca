// Transcription: three files for each video, the same notes whatever the windows and batches.
#include "sample.hpp"

namespace {
using namespace tivit::tests;

std::string one_video() { return (sample_set() / "test").string(); }

fs::path first_video() {
  std::vector<fs::path> videos;
  for (const auto& entry : fs::directory_iterator(one_video()))
    if (entry.path().extension() == ".mp4") videos.push_back(entry.path());
  std::sort(videos.begin(), videos.end());
  return videos.at(0);
}

std::vector<std::string> transcribe(const fs::path& video, const fs::path& folder) {
  return {graph("transcribe.toml"),
          video.string(),
          "--to",
          (folder / "out").string(),
          "--run-dir",
          (folder / "run").string(),
          "--checkpoint",
          some_weights().string(),
          "--set",
          "run.precision=fp32",
          "--set",
          "events.onset=0.05",
          "--set",
          "events.frame_support=0.01",
          "--set",
          "cache=" + (fs::path(TIVIT_BINARY_DIR) / "tests/cache").string()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transcription)

BOOST_AUTO_TEST_CASE(notes_do_not_depend_on_windows_and_batches) {
  const fs::path video = first_video();
  std::string expected;
  for (const auto& [rows, hop, batch] : {std::tuple{200, 160, 4}, {120, 80, 1}, {333, 290, 3}}) {
    const fs::path folder = fresh_folder("windows-" + std::to_string(rows));
    const auto outcome = run(transcribe(video, folder) + std::vector<std::string>{"--set", "windows.rows=" + std::to_string(rows), "--set",
                                                                                  "windows.hop=" + std::to_string(hop), "--set",
                                                                                  "batch=" + std::to_string(batch)},
                             folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    const std::string stem = video.stem().string();
    const std::string midi = read_file(folder / "out" / (stem + ".mid"));
    BOOST_TEST(midi.size() > 200u);  // there are notes: thresholds are low for weights that are hardly trained
    BOOST_TEST(fs::exists(folder / "out" / (stem + ".txt")));
    BOOST_TEST(fs::file_size(folder / "out" / (stem + ".png")) > 1000u);
    if (expected.empty()) expected = midi;
    BOOST_TEST_CONTEXT("windows of " << rows << " rows") BOOST_TEST((midi == expected));
  }
}

BOOST_AUTO_TEST_CASE(a_video_without_corners_is_refused_with_a_still_to_mark) {
  const fs::path folder = fresh_folder("no-corners");
  fs::copy_file(first_video(), folder / "mine.mp4");
  const auto outcome = run(transcribe(folder / "mine.mp4", folder), folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  BOOST_TEST(outcome.output.find("corners") != std::string::npos, outcome.output);
  BOOST_TEST(fs::exists(folder / "run/stills/mine.png"));
}

BOOST_AUTO_TEST_SUITE_END()
