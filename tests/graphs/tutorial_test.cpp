// docs/tutorial.md, command by command, on the sample set.
#include "sample.hpp"
#include "shell_words.hpp"

#include "tests/folders.hpp"

namespace {
using namespace tivit::tests;
}

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
  const std::vector<std::string> wanted{"graphs/train.toml",      "graphs/calibrate.toml",  "graphs/eval.toml",
                                        "graphs/transcribe.toml", "graphs/transcribe.toml", "graphs/score.toml"};
  BOOST_TEST(graphs == wanted, boost::test_tools::per_element());
  const auto report = nlohmann::json::parse(read_file(folder / "runs/score/report.json"));
  BOOST_TEST(report.dump().find("note_onset_f1_50ms") != std::string::npos, report.dump());
  for (const char* file : {"calibration.json", "out/010.mid", "out/010.txt", "rescored/010.mid"})
    BOOST_TEST(fs::file_size(folder / file) > 0);
}

BOOST_AUTO_TEST_SUITE_END()
