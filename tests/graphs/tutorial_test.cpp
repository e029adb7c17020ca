// docs/tutorial.md, command by command, on the sample set.
#include "sample.hpp"
#include "shell_words.hpp"
#include "tests/shared_data.hpp"

#include "tests/folders.hpp"

namespace {
using namespace tivit::tests;

const std::vector<std::string> six_graphs{"graphs/train.toml",      "graphs/calibrate.toml",  "graphs/eval.toml",
                                          "graphs/transcribe.toml", "graphs/transcribe.toml", "graphs/score.toml"};
}  // namespace

BOOST_AUTO_TEST_SUITE(tutorial)

BOOST_AUTO_TEST_CASE(its_six_commands_lead_from_videos_to_scores) {
  const fs::path folder = fresh_folder("tutorial");
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(source_folder() / name, folder / name);
  fs::create_directories(folder / "data");
  fs::create_directory_symlink(sample_set(), folder / "data/sample");
  std::istringstream text(read_file(source_folder() / "docs/tutorial.md"));
  std::vector<std::string> graphs;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("tivit-run ")) continue;
    auto arguments = words_of(line.substr(10));
    graphs.push_back(arguments[0]);
    if (graphs.back() != "graphs/score.toml")
      arguments = arguments + std::vector<std::string>{"--set", "cache=" + (build_folder() / "tests/cache").string()};
    // A training long enough to find notes, no longer.
    if (graphs.back() == "graphs/train.toml") arguments = arguments + std::vector<std::string>{"--set", "epochs=1", "--set", "draws=400"};
    const auto outcome = run(arguments, folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, line + "\n" + outcome.output);
  }
  BOOST_TEST(graphs == six_graphs, boost::test_tools::per_element());
  const auto report = nlohmann::json::parse(read_file(folder / "runs/score/report.json"));
  BOOST_TEST(report.dump().find("note_onset_f1_50ms") != std::string::npos, report.dump());
  for (const char* file : {"calibration.json", "out/010.mid", "out/010.txt", "rescored/010.mid"})
    BOOST_TEST(fs::file_size(folder / file) > 0);
}

BOOST_AUTO_TEST_CASE(the_same_six_fit_real_recordings) {
  const auto mta = shared("data/mta");
  if (!mta) return;
  const fs::path folder = fresh_folder("tutorial-real");
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(source_folder() / name, folder / name);
  const std::vector<std::pair<std::string, std::string>> here{{"runs/real/checkpoints/best.safetensors", some_weights().string()},
                                                              {" --calibration real.json", ""},
                                                              {"$TIVIT_SHARED_DATA", mta->parent_path().string()}};
  std::istringstream text(read_file(source_folder() / "docs/tutorial.md"));
  std::vector<std::string> graphs;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("  tivit-run ") || (line.find("data=mta") == line.npos && line.find("/mta/") == line.npos)) continue;
    for (const auto& [shown, real] : here)
      for (auto at = line.find(shown); at != line.npos; at = line.find(shown, at + real.size())) line.replace(at, shown.size(), real);
    auto arguments = words_of(line.substr(12));
    graphs.push_back(arguments[0]);
    if (line.find("data=mta") != line.npos) arguments.push_back("--check");  // the rest takes its time
    if (graphs.back() != "graphs/score.toml")
      arguments = arguments + std::vector<std::string>{"--set", "cache=" + (folder / "cache").string()};
    const auto outcome = run(arguments, folder);
    BOOST_TEST(outcome.code == 0, line + "\n" + outcome.output);
  }
  BOOST_TEST(graphs == six_graphs, boost::test_tools::per_element());
  BOOST_TEST(fs::file_size(folder / "real-rescored/test_V2.mid") > 0);
}

BOOST_AUTO_TEST_SUITE_END()
