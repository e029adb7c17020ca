// Every command that README.md and docs/ show is one that the program takes, and every graph that they show passes its check. Pages
// whose commands are run to the end have a test of their own.
#include <set>

#include "../code_blocks.hpp"
#include "sample.hpp"
#include "shell_words.hpp"

#include "tests/folders.hpp"
#include "tests/fresh_weights.hpp"

namespace {
using namespace tivit::tests;

/// calibration.md, data-sets.md, lag.md, resume.md, threads-and-devices.md, tutorial.md: beside this file; graphs.md:
/// ../cli/docs_test.cpp; faults.md: ../faults; plugins.md, testing-a-stage.md: ../package; writing-a-stage.md: ../docs.
const std::set<std::string> run_elsewhere{
    "calibration.md", "data-sets.md",           "faults.md",         "graphs.md", "lag.md", "plugins.md", "resume.md", "testing-a-stage.md",
    "tutorial.md",    "threads-and-devices.md", "writing-a-stage.md"};
const std::vector<std::string> programs{"build/bin/tivit-run ", "tivit-run "};

/// The lines of a shell; one that ends in a backslash goes on.
std::vector<std::string> commands(std::string text) {
  for (std::size_t at; (at = text.find("\\\n")) != std::string::npos;) text.replace(at, 2, " ");
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// A folder in which what the pages talk about is there: data sets, weights, files of earlier commands.
fs::path folder_of_a_reader() {
  const fs::path folder = fresh_folder("readme");
  const auto put = [&](const std::string& name, const std::string& text) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  };
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(source_folder() / name, folder / name);
  for (const char* set : {"data/sample", "datasets/OMAPS", "shared/mta", "shared/other_cameras"})
    for (const char* split : {"train", "val", "test"}) fs::create_directories(folder / set / split);
  for (const char* run : {"latest-train", "mta-1"}) write_fresh_weights(folder / "runs" / run / "checkpoints/best.safetensors", "perkey");
  write_fresh_weights(folder / "runs/mta-1/checkpoints/last.safetensors", "perkey");
  for (const char* name : {"best", "last"})
    for (const char* run : {"mta-tivit", "tivit"})
      write_fresh_weights(folder / "runs" / run / "checkpoints" / (std::string(name) + ".safetensors"), "tivit");
  for (const char* set : {"mta/clips.tsv", "other_cameras/cameras.tsv"})
    put("shared/" + std::string(set), "name\tduration_s\tx0\ty0\tx1\ty1\tx2\ty2\tx3\ty3\n");
  for (const char* shifts : {"away.tsv", "lags/lags.tsv"}) put(shifts, "name\tlabel_shift_s\n");
  put("calibration.json", R"({"onset": {"best_prob": 0.5}})");
  put("my.mp4", "video");
  ::setenv("TIVIT_DATA_DIR", "datasets", 1);
  ::setenv("TIVIT_SHARED_DATA", "shared", 1);
  return folder;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(readme)

BOOST_AUTO_TEST_CASE(commands_and_graphs_of_every_page_are_understood) {
  const char* set = std::getenv("TIVIT_SHARED_DATA");
  const std::string shared = set ? set : "";
  const fs::path folder = folder_of_a_reader();
  std::vector<fs::path> pages{source_folder() / "README.md"};
  for (const auto& entry : fs::directory_iterator(source_folder() / "docs"))
    if (entry.path().extension() == ".md" && !run_elsewhere.contains(entry.path().filename())) pages.push_back(entry.path());
  int checked = 0;
  for (const auto& page : pages) BOOST_TEST_CONTEXT(page.filename()) {
      for (const auto& block : code_blocks(read_file(page))) {
        if (block.language == "toml" && block.text.starts_with("# ") && block.text.find(".toml\n") < block.text.find('\n')) {
          const std::string name = block.text.substr(2, block.text.find('\n') - 2);
          std::ofstream(folder / name) << block.text;
          const auto outcome = run({name, "--check"}, folder);
          BOOST_TEST(outcome.code == 0, name + "\n" + outcome.output);
        }
        if (block.language != "sh") continue;
        for (const auto& line : commands(block.text)) {
          const auto program = std::find_if(programs.begin(), programs.end(), [&](const auto& start) { return line.starts_with(start); });
          if (program == programs.end()) continue;
          auto arguments = words_of(line.substr(program->size()));
          const bool graph = arguments[0].ends_with(".toml");
          if (graph ? !fs::exists(folder / arguments[0]) : arguments[0] != "list" && arguments[0] != "describe") continue;
          if (graph) arguments.push_back("--check");
          const auto outcome = run(arguments, folder);
          BOOST_TEST(outcome.code == 0, line + "\n" + outcome.output);
          ++checked;
        }
      }
    }
  shared.empty() ? ::unsetenv("TIVIT_SHARED_DATA") : ::setenv("TIVIT_SHARED_DATA", shared.c_str(), 1);
  BOOST_TEST(checked >= 20);
}

BOOST_AUTO_TEST_SUITE_END()
