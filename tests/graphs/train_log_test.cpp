// What a training run says about itself while it goes on: metrics.jsonl, and the same figures as TensorBoard's own reader finds them.
#include <cmath>
#include <map>

#include "sample.hpp"

#include "tests/folders.hpp"

namespace {
using namespace tivit::tests;

nlohmann::json tensorboard_reads(const fs::path& run_directory) {
  const fs::path printed = run_directory / "events.json";
  const std::string command = "/usr/bin/python3 -B " + source_folder().string() + "/tests/read_events.py '" +
                              (run_directory / "tensorboard").string() + "' >'" + printed.string() + "' 2>'" + printed.string() + ".err'";
  BOOST_TEST_REQUIRE(std::system(command.c_str()) == 0, read_file(printed.string() + ".err"));
  return nlohmann::json::parse(read_file(printed));
}
}  // namespace

BOOST_AUTO_TEST_SUITE(train_log)

BOOST_AUTO_TEST_CASE(tensorboard_finds_every_figure_of_metrics_jsonl) {
  const fs::path folder = fresh_folder("train_log");
  const auto outcome =
      run(short_training(folder / "run") + std::vector<std::string>{"--set", "step.log_every=1", "--set", "validate_clips=1"}, folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);

  std::map<std::string, std::vector<std::pair<std::int64_t, double>>> wanted;
  for (const auto& line : read_json_lines(folder / "run/metrics.jsonl"))
    for (const auto& [name, value] : line.items())
      if (name != "event" && name != "epoch" && name != "step")
        wanted[line["event"].get<std::string>() + "/" + name].emplace_back(line.value("step", line["epoch"].get<double>()),
                                                                           value.get<double>());
  for (const char* tag : {"train/learning_rate", "train/total", "train_epoch/total", "eval/note_onset_f1_50ms", "eval_frames/frame_f1"})
    BOOST_TEST(wanted.count(tag) == 1u, tag);
  BOOST_TEST(wanted["train/learning_rate"].size() == 4u);

  const auto found = tensorboard_reads(folder / "run");
  BOOST_TEST(found.size() == wanted.size());
  for (const auto& [tag, points] : wanted) BOOST_TEST_CONTEXT(tag) {
      BOOST_TEST_REQUIRE(found.contains(tag));
      BOOST_TEST_REQUIRE(found[tag].size() == points.size());
      for (std::size_t i = 0; i < points.size(); ++i) {
        BOOST_TEST(found[tag][i][0].get<std::int64_t>() == points[i].first);
        BOOST_TEST(static_cast<float>(found[tag][i][1].get<double>()) == static_cast<float>(points[i].second));
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()
