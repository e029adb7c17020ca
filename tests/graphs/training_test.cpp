// Training, evaluation and transcription on the sample set, and the promises that only whole runs can show.
#include <boost/test/unit_test.hpp>

#include "program.hpp"

namespace {
using namespace tivit::tests;

/// A short training run of the per-key model in fp32: enough to see whether two runs are the same.
std::vector<std::string> short_training(const fs::path& run_directory, int pipeline_threads, int decode_threads) {
  return {graph("train.toml"),          "--run-dir", run_directory.string(),
          "--set",                      "root=" + sample_set().string(),
          "--set",                      "run.epochs=2",
          "--set",                      "draws=16",
          "--set",                      "run.precision=fp32",
          "--set",                      "cache=" + (run_directory.parent_path() / ("cache-" + run_directory.filename().string())).string(),
          "--set",                      "runtime.pipeline_threads=" + std::to_string(pipeline_threads),
          "--set",                      "runtime.decode_threads=" + std::to_string(decode_threads)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(training)

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bytes) {
  const fs::path folder = fresh_folder("threads");
  BOOST_TEST_REQUIRE(run(short_training(folder / "one", 1, 1), folder).code == 0, read_file(folder / "output.log"));
  for (const auto& [pipeline, decode] : {std::pair{2, 1}, {4, 2}}) {
    const fs::path other = folder / (std::to_string(pipeline) + "-" + std::to_string(decode));
    BOOST_TEST_REQUIRE(run(short_training(other, pipeline, decode), folder).code == 0, read_file(folder / "output.log"));
    for (const char* file : {"metrics.jsonl", "checkpoints/last.safetensors", "checkpoints/best.safetensors"}) {
      BOOST_TEST_CONTEXT(file) {
        BOOST_TEST(!read_file(folder / "one" / file).empty());
        BOOST_TEST((read_file(folder / "one" / file) == read_file(other / file)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_second_run_picks_a_new_directory) {
  const fs::path folder = fresh_folder("second");
  std::ofstream(folder / "count.toml") << "title = \"t\"\n[stages.clips]\nuse = \"data/clips\"\nroot = \"" << sample_set().string() << "\"\nsplit = \"test\"\n";
  for (int i = 0; i < 2; ++i) run({"count.toml"}, folder);
  BOOST_TEST(fs::exists(folder / "runs/count/account.json"));
  BOOST_TEST(fs::exists(folder / "runs/count-2/account.json"));
  BOOST_TEST(fs::read_symlink(folder / "runs/latest").string() == "count-2");
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_in_under_two_seconds_with_a_readable_run_directory) {
  const fs::path folder = fresh_folder("interrupt");
  auto arguments = short_training(folder / "run", 2, 1);
  arguments.insert(arguments.end(), {"--set", "draws=100000"});
  Program program(arguments, folder, folder / "output.log");
  for (int i = 0; i < 600 && !fs::exists(folder / "run/metrics.jsonl"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  BOOST_TEST_REQUIRE(fs::exists(folder / "run/metrics.jsonl"), read_file(folder / "output.log"));
  program.signal(SIGINT);
  const Outcome outcome = program.wait();
  BOOST_TEST(outcome.wall_s < 2.0);
  BOOST_TEST(outcome.code == 130);
  const auto account = nlohmann::json::parse(read_file(folder / "run/account.json"));
  BOOST_TEST(account["outcome"] == "cancelled");
  BOOST_TEST(!read_json_lines(folder / "run/metrics.jsonl").empty());
}

BOOST_AUTO_TEST_SUITE_END()
