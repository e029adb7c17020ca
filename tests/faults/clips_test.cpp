// Of ten clips, one truncated and one with flipped bytes: eight results, two named failures.

#include <set>

#include "trouble.hpp"

namespace {
using namespace tivit::tests;

std::vector<fs::path> sample_videos() {
  std::vector<fs::path> videos;
  for (const auto& entry : fs::recursive_directory_iterator(sample_set()))
    if (entry.path().extension() == ".mp4") videos.push_back(entry.path());
  std::sort(videos.begin(), videos.end());
  return videos;
}

void copy_clip(const fs::path& video, const fs::path& folder, const std::string& name) {
  for (const char* suffix : {".mp4", ".txt", ".keyboard.toml"}) {
    fs::path from = video;
    fs::copy_file(from.replace_extension(suffix), folder / (name + suffix));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clips)

BOOST_AUTO_TEST_CASE(of_ten_clips_two_damaged_eight_are_scored_and_two_are_named) {
  const fs::path folder = fresh_folder("damaged");
  fs::create_directories(folder / "set/test");
  const auto videos = sample_videos();
  BOOST_TEST_REQUIRE(!videos.empty());
  for (int i = 0; i < 10; ++i)
    copy_clip(videos[static_cast<std::size_t>(i) % videos.size()], folder / "set/test", "clip" + std::to_string(i));
  fs::resize_file(folder / "set/test/clip3.mp4", fs::file_size(folder / "set/test/clip3.mp4") * 6 / 10);
  damage(folder / "set/test/clip7.mp4");
  const auto outcome = run({graph("eval.toml"), "--checkpoint", some_weights().string(), "--set", "clips.root=" + (folder / "set").string(),
                            "--set", "cache=" + (folder / "cache").string(), "--run-dir", (folder / "run").string()},
                           folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  std::set<std::string> clips;
  for (const auto& line : read_json_lines(folder / "run/quarantine.jsonl")) {
    clips.insert(line["clip"].get<std::string>());
    BOOST_TEST(!line["cause"].get<std::string>().empty());
    BOOST_TEST(!line["stage"].get<std::string>().empty());
  }
  BOOST_TEST((clips == std::set<std::string>{"clip3", "clip7"}), outcome.output);
  const auto scores = nlohmann::json::parse(read_file(folder / "run/report.json"));
  BOOST_TEST(scores["recordings"].size() == 8u);
}

BOOST_AUTO_TEST_SUITE_END()
