// Results that cannot be written: found before anything starts, or told rightly when the disk changes its mind.
#include <stages/data/npz.hpp>

#include <ATen/ops/zeros.h>

#include "layouts.hpp"
#include "tests/fresh_weights.hpp"

namespace {
using namespace tivit::tests;

/// A graph that writes to `to`, and everything that it needs to get as far as that.
struct Writes {
  std::string graph;
  std::vector<std::string> arguments;
  bool file = true;  ///< `to` is a file, not a folder
};

std::vector<Writes> graphs_that_write(const fs::path& folder) {
  write(folder / "a.txt", "0.5 1 60\n");
  write(folder / "metadata.json", R"({"pieces": [{"stem": "a", "notes_per_sec": 3}, {"stem": "b", "notes_per_sec": 3}]})");
  write_fresh_weights(folder / "weights.safetensors", "perkey");
  tivit::data::write_npz(folder / "in.npz", {{{"roll", at::zeros({2, 88})}}, {}});
  tivit::data::write_npz(folder / "logits.npz", {{{"onset_logits", at::zeros({2, 88})}}, {}});
  const std::vector<std::string> weights{"--checkpoint", "weights.safetensors"};
  const auto video = (sample_set() / "test/010.mp4").string();
  return {{"score.toml", {"--estimate", "a.txt", "--reference", "a.txt"}},
          {"calibrate.toml", weights + on_sample()},
          {"calibration_split.toml", {"metadata.json"}, false},
          {"check_data.toml", {"--root", sample_set().string()}},
          {"apply.toml", {"in.npz"}},
          {"rescore.toml", {"logits.npz"}, false},
          {"lag.toml", on_sample(), false},
          {"render_sample.toml", {}, false},
          {"transcribe.toml", weights + std::vector<std::string>{video}, false}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outputs)

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_found_before_anything_starts) {
  const auto folder = fresh_folder("outputs");
  write(folder / "taken", "a file");
  for (const auto& [name, arguments, file] : graphs_that_write(folder)) {
    const std::string to = file ? (name == "apply.toml" ? "taken/new.npz" : "taken/new.json") : "taken/new";
    const auto all = std::vector<std::string>{graph(name)} + arguments + std::vector<std::string>{"--to", to};
    const auto outcome = run(all + std::vector<std::string>{"--check"}, folder);
    BOOST_TEST(outcome.code == 2, name << "\n" << outcome.output);
    const std::string text = "taken: is a file, and a folder of this name is wanted; give another place\n";
    BOOST_TEST(outcome.output.find(text) != std::string::npos, name << "\n" << outcome.output);
    const auto started = run(all, folder);
    BOOST_TEST(started.code == 2, name << "\n" << started.output);
    BOOST_TEST(!fs::exists(folder / "runs"), name);
  }
  // One --to that three stages take is one mistake.
  const auto outcome = run({graph("transcribe.toml"), (sample_set() / "test/010.mp4").string(), "--checkpoint", "weights.safetensors",
                            "--to", "taken/new", "--check"},
                           folder);
  BOOST_TEST(outcome.output.find("taken: is") == outcome.output.rfind("taken: is"), outcome.output);
  const auto folder_for_file = run({graph("score.toml"), "--estimate", "a.txt", "--reference", "a.txt", "--to", ".", "--check"}, folder);
  BOOST_TEST(folder_for_file.code == 2, folder_for_file.output);
  BOOST_TEST(folder_for_file.output.find(".: is a folder, and a file is to be written; name a file in it\n") != std::string::npos,
             folder_for_file.output);
}

BOOST_AUTO_TEST_CASE(a_report_that_cannot_be_written_in_the_end_is_no_finished_run) {
  const auto folder = fresh_folder("late-output");
  // The folder of label files takes the name that the report was to have.
  write(folder / "late.toml",
        "include = [\"" + graph("score.toml") + "\"]\n[stages.labels]\nuse = \"notes/text\"\nin = \"pairs.estimate\"\nto = \"place\"\n");
  write(folder / "a.txt", "0.5 1 60\n");
  const auto outcome = run({"late.toml", "--estimate", "a.txt", "--reference", "a.txt", "--to", "place", "--run-dir", "run"}, folder);
  BOOST_TEST(outcome.code == 1, outcome.output);
  BOOST_TEST(outcome.output.find(
                 "place: the file cannot be put in its place: Is a directory; a folder of this name is in the way: give another name") !=
                 std::string::npos,
             outcome.output);
  BOOST_TEST(outcome.output.find("finished") == std::string::npos, outcome.output);
}

BOOST_AUTO_TEST_SUITE_END()
