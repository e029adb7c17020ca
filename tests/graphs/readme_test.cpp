// Every command that README.md and these pages show is one the program takes.
#include "sample.hpp"
#include "shell_words.hpp"

namespace {
using namespace tivit::tests;

const std::vector<std::string> programs{"build/bin/tivit-run ", "tivit-run "};

}  // namespace

BOOST_AUTO_TEST_SUITE(readme)

BOOST_AUTO_TEST_CASE(its_commands_are_understood) {
  const fs::path folder = fresh_folder("readme");
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(fs::path(TIVIT_SOURCE_DIR) / name, folder / name);
  fs::create_directories(folder / "runs/latest-train/checkpoints");
  for (const char* set : {"data/sample", "datasets/OMAPS"})
    for (const char* split : {"train", "val", "test"}) fs::create_directories(folder / set / split);
  ::setenv("TIVIT_DATA_DIR", "datasets", 1);
  std::ofstream(folder / "runs/latest-train/checkpoints/best.safetensors") << "weights";
  std::ofstream(folder / "my.mp4") << "video";
  std::istringstream text(read_file(fs::path(TIVIT_SOURCE_DIR) / "README.md") +
                          read_file(fs::path(TIVIT_SOURCE_DIR) / "docs/step-metrics.md"));
  int commands = 0;
  for (std::string line; std::getline(text, line);) {
    const auto program = std::find_if(programs.begin(), programs.end(), [&](const auto& start) { return line.starts_with(start); });
    if (program == programs.end()) continue;
    auto arguments = words_of(line.substr(program->size()));
    if (arguments[0].starts_with("graphs/")) arguments.push_back("--check");
    const auto outcome = run(arguments, folder);
    BOOST_TEST(outcome.code == 0, line + "\n" + outcome.output);
    ++commands;
  }
  BOOST_TEST(commands >= 7);
}

BOOST_AUTO_TEST_SUITE_END()
