// A training run that is killed goes on as if nothing had been.
#include <algorithm>
#include <random>
#include <thread>

#include "sample.hpp"
#include "shell_words.hpp"

#include "tests/code_blocks.hpp"

namespace {
using namespace tivit::tests;

std::vector<std::string> training(const fs::path& directory) {
  return std::vector<std::string>{
             graph("train.toml"), "--run-dir", directory.string(),   "--quiet", "--set",           "epochs=4", "--set", "draws=16", "--set",
             "validate_clips=1",  "--set",     "run.precision=fp32", "--set",   "step.log_every=1"} +
         on_sample();
}

void wait_until(Program& program, const std::function<bool()>& reached) {
  while (program.running() && !reached()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}
}  // namespace

BOOST_AUTO_TEST_SUITE(resume)

BOOST_AUTO_TEST_CASE(killed_at_twenty_random_points_it_ends_with_the_same_bytes) {
  const fs::path folder = fresh_folder("resume");
  const auto undisturbed = run(training(folder / "whole"), folder);
  BOOST_TEST_REQUIRE(undisturbed.code == 0, undisturbed.output);

  std::mt19937 random(20);
  int kills = 0, in_epochs = 0, runs = 0;
  while (kills < 20) {
    const fs::path directory = folder / ("killed-" + std::to_string(++runs));
    Outcome outcome;
    for (bool finished = false; !finished;) {
      const auto words =
          fs::exists(directory / "manifest.json") ? std::vector<std::string>{"--resume", directory.string()} : training(directory);
      Program program(words, folder, folder / "killed.log");
      // During an epoch, a validation, the writing of a checkpoint: some time after one of the next figures was written.
      wait_until(program, [&] { return fs::exists(directory / "manifest.json"); });
      const auto lines = [&] { return std::ranges::count(read_file(directory / "metrics.jsonl"), char(10)); };
      const auto enough = lines() + static_cast<std::ptrdiff_t>(random() % 6);
      wait_until(program, [&] { return lines() >= enough; });
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
      finished = !program.running();
      if (!finished && kills < 20) {
        program.signal(SIGKILL);
        ++kills;
        in_epochs += fs::exists(directory / "snapshot.cbor") ? 1 : 0;
      } else {
        finished = true;
      }
      outcome = program.wait();
    }
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    for (const char* file : {"metrics.jsonl", "checkpoints/last.safetensors", "checkpoints/best.safetensors", "checkpoints/best.json"})
      BOOST_TEST_CONTEXT(directory << " " << file) {
        BOOST_TEST(!read_file(folder / "whole" / file).empty());
        BOOST_TEST((read_file(folder / "whole" / file) == read_file(directory / file)));
      }
    // What the last validation made of its clip.
    for (const auto& entry : fs::recursive_directory_iterator(folder / "whole/eval/epoch-3"))
      if (entry.is_regular_file())
        BOOST_TEST((read_file(entry.path()) == read_file(directory / fs::relative(entry.path(), folder / "whole"))), entry.path());
  }
  BOOST_TEST(in_epochs >= 5);  // not only before anything was worth keeping
}

BOOST_AUTO_TEST_CASE(a_changed_graph_is_refused_with_the_difference) {
  const fs::path folder = fresh_folder("resume-changed");
  const fs::path directory = folder / "runs/train";
  {
    Program program(training(directory), folder, folder / "killed.log");
    wait_until(program, [&] { return fs::exists(directory / "snapshot.cbor"); });
    program.signal(SIGKILL);
    program.wait();
  }
  BOOST_TEST_REQUIRE(fs::exists(directory / "snapshot.cbor"));
  const auto changed =
      run({"--resume", directory.string(), "--set", "step.learning_rate=0.1", "--set", "runtime.pipeline_threads=1"}, folder);
  BOOST_TEST(changed.code == 2, changed.output);
  const auto page = code_blocks(read_file(source_folder() / "docs/resume.md"));
  BOOST_TEST_REQUIRE(page.size() == 2u);
  const std::string shown = page[1].text.substr(std::string("…/runs/train").size());
  BOOST_TEST(changed.output == directory.string() + shown);
  BOOST_TEST(changed.output.find("pipeline_threads") == std::string::npos, changed.output);  // changes no result
  BOOST_TEST(changed.output.find("--resume-anyway") != std::string::npos, changed.output);

  // A change that the weights do not go with leaves the run as it was.
  const auto graph_before = read_file(directory / "graph.toml"), manifest_before = read_file(directory / "manifest.json");
  const auto unfit = run({"--resume", directory.string(), "--set", "model.strip_height=48", "--resume-anyway"}, folder);
  BOOST_TEST(unfit.code == 1, unfit.output);
  BOOST_TEST((read_file(directory / "graph.toml") == graph_before));
  BOOST_TEST((read_file(directory / "manifest.json") == manifest_before));

  const auto anyway = run({"--resume", directory.string(), "--set", "step.learning_rate=0.1", "--resume-anyway"}, folder);
  BOOST_TEST(anyway.code == 0, anyway.output);
  BOOST_TEST(nlohmann::json::parse(read_file(directory / "account.json"))["epochs_before"].get<int>() >= 1);

  const auto again = run(words_of(page[0].text.substr(std::string("tivit-run ").size(), page[0].text.find('\n') - 10)), folder);
  BOOST_TEST(again.code == 0, again.output);
  BOOST_TEST(again.output.find("this run was finished") != std::string::npos, again.output);
}

BOOST_AUTO_TEST_CASE(what_has_changed_around_an_interrupted_run_is_said) {
  const fs::path folder = fresh_folder("resume-around"), directory = folder / "run", set = folder / "set";
  fs::copy(sample_set(), set, fs::copy_options::recursive);
  {
    Program program(training(directory) + std::vector<std::string>{"--set", "clips.root=" + set.string()}, folder, folder / "killed.log");
    wait_until(program, [&] { return fs::exists(directory / "snapshot.cbor"); });
    program.signal(SIGKILL);
    program.wait();
  }
  BOOST_TEST_REQUIRE(fs::exists(directory / "snapshot.cbor"));
  fs::remove_all(directory / "checkpoints");
  fs::remove(directory / "metrics.jsonl");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(set / "train"))
    if (entry.path().filename().string().starts_with("002.")) files.push_back(entry.path());
  for (const auto& file : files) fs::rename(file, set / "train" / ("new" + file.filename().string().substr(3)));
  const auto outcome = run({"--resume", directory.string()}, folder);
  BOOST_TEST(outcome.code == 0, outcome.output);
  for (const char* text :
       {": checkpoints is gone, and nothing brings back what it held", ": metrics.jsonl is gone, and nothing",
        "the recordings are not those that the run had; gone: \"002\"; new: \"new\"; from here on other windows are drawn"})
    BOOST_TEST(outcome.output.find(text) != std::string::npos, outcome.output);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_resumed_is_named) {
  const fs::path folder = fresh_folder("resume-nothing");
  const auto nothing = run({"--resume", "nowhere"}, folder);
  BOOST_TEST(nothing.code == 2);
  BOOST_TEST(nothing.output == "nowhere: no run has left anything here; give the directory of a run, such as runs/train\n");

  // A run that is still going on.
  const fs::path directory = folder / "run";
  Program program(training(directory), folder, folder / "first.log");
  wait_until(program, [&] { return fs::exists(directory / "manifest.json"); });
  const auto second = run({"--resume", directory.string()}, folder);
  BOOST_TEST(second.code == 2);
  BOOST_TEST(second.output.find("the run in this directory is still going on; wait for its end, or stop it") != std::string::npos,
             second.output);
  program.signal(SIGINT);
  program.wait();

  const auto twice = run({"--resume", directory.string(), "--run-dir", "other"}, folder);
  BOOST_TEST(twice.output == "command line: --run-dir was given with --resume; a run goes on in its own directory: leave --run-dir out\n");

  const auto graph_text = read_file(directory / "graph.toml");
  std::ofstream(directory / "graph.toml") << "seed = = 1\n";
  const auto damaged = run({"--resume", directory.string()}, folder);
  BOOST_TEST(damaged.code == 2);
  BOOST_TEST(damaged.output.starts_with((directory / "graph.toml").string() + ":1:"), damaged.output);
  std::ofstream(directory / "graph.toml") << graph_text;
  std::ofstream(directory / "snapshot.cbor") << "no snapshot";
  const auto broken = run({"--resume", directory.string()}, folder);
  BOOST_TEST(broken.code == 2);
  BOOST_TEST(broken.output.find("snapshot.cbor: this is no snapshot of a run") != std::string::npos, broken.output);
}

BOOST_AUTO_TEST_SUITE_END()
