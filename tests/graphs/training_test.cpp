// Training on the sample set, and the promises that only whole runs can show.
#include <thread>

#include "sample.hpp"

namespace {
using namespace tivit::tests;
}

BOOST_AUTO_TEST_SUITE(training)

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bytes) {
  const fs::path folder = fresh_folder("threads");
  const auto train = [&](int pipeline, int decode) {
    const fs::path directory = folder / (std::to_string(pipeline) + "-" + std::to_string(decode));
    // A cache of its own, so that every run decodes for itself.
    const auto outcome =
        run(short_training(directory) + std::vector<std::string>{"--set", "cache=" + directory.string() + "-cache", "--set",
                                                                 "runtime.pipeline_threads=" + std::to_string(pipeline), "--set",
                                                                 "runtime.decode_threads=" + std::to_string(decode)},
            folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    return directory;
  };
  const fs::path one = train(1, 1);
  for (const auto& other : {train(2, 1), train(4, 2)})
    for (const char* file : {"metrics.jsonl", "checkpoints/last.safetensors", "checkpoints/best.safetensors"})
      BOOST_TEST_CONTEXT(other << " " << file) {
        BOOST_TEST(!read_file(one / file).empty());
        BOOST_TEST((read_file(one / file) == read_file(other / file)));
      }
}

BOOST_AUTO_TEST_CASE(a_later_batch_is_decoded_during_a_step) {
  const fs::path folder = fresh_folder("timeline");
  // Nothing but the training itself, and every window is decoded anew.
  constexpr int batch = 8;
  const auto outcome = run(short_training(folder / "run") +
                               std::vector<std::string>{"--trace", "--set", "draws=64", "--set", "epochs=1", "--set",
                                                        "batch=" + std::to_string(batch), "--set", "validate_every=never", "--set",
                                                        "cache=" + (folder / "cache").string(), "--set", "runtime.pipeline_threads=2"},
                           folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  struct Call {
    double begin, end;
    int number;  ///< of its item in the epoch
  };
  const auto trace = nlohmann::json::parse(read_file(folder / "run/trace.json"));
  const auto calls = [&](const char* stage) {
    std::vector<Call> found;
    for (const auto& event : trace["traceEvents"])
      if (event["ph"] == "X" && event["cat"] == "call" && event["name"] == stage && event["args"].contains("item")) {
        const auto item = event["args"]["item"].get<std::string>();
        const double begin = event["ts"];
        found.push_back({begin, begin + event["dur"].get<double>(), std::stoi(item.substr(item.find('/') + 1))});
      }
    return found;
  };
  const auto steps = calls("step"), strips = calls("strips");
  BOOST_TEST(steps.size() == 64U / batch);
  BOOST_TEST(strips.size() == 64U);
  int ahead = 0;
  for (const auto& step : steps)
    for (const auto& window : strips) ahead += window.number / batch > step.number && window.begin < step.end && window.end > step.begin;
  BOOST_TEST(ahead > 0);
}

BOOST_AUTO_TEST_CASE(a_second_run_picks_a_new_directory) {
  const fs::path folder = fresh_folder("second");
  std::ofstream(folder / "list.toml") << "title = \"t\"\n[stages.clips]\nuse = \"data/clips\"\nroot = \"" << sample_set().string()
                                      << "\"\nsplit = \"test\"\n";
  for (int i = 0; i < 2; ++i) BOOST_TEST(run({"list.toml"}, folder).code == 0);
  BOOST_TEST(fs::exists(folder / "runs/list/account.json"));
  BOOST_TEST(fs::exists(folder / "runs/list-2/account.json"));
  BOOST_TEST(fs::read_symlink(folder / "runs/latest").string() == "list-2");
  BOOST_TEST(fs::read_symlink(folder / "runs/latest-list").string() == "list-2");
}

BOOST_AUTO_TEST_CASE(ctrl_c_and_a_lost_terminal_end_in_under_two_seconds_with_a_readable_run_directory) {
  for (const int signal : {SIGINT, SIGHUP}) {
    const fs::path folder = fresh_folder("interrupt");
    Program program(short_training(folder / "run") + std::vector<std::string>{"--set", "draws=100000", "--set", "step.log_every=1"}, folder,
                    folder / "output.log");
    for (int i = 0; i < 1200 && !fs::exists(folder / "run/metrics.jsonl") && program.running(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    BOOST_TEST_REQUIRE(fs::exists(folder / "run/metrics.jsonl"), read_file(folder / "output.log"));
    program.signal(signal);
    const Outcome outcome = program.wait();
    BOOST_TEST(outcome.wall_s < 2.0);
    BOOST_TEST(outcome.code == 130, outcome.output);
    BOOST_TEST(nlohmann::json::parse(read_file(folder / "run/account.json"))["outcome"] == "cancelled");
    BOOST_TEST(!read_json_lines(folder / "run/metrics.jsonl").empty());
  }
}

BOOST_AUTO_TEST_CASE(a_model_fitted_to_four_clips_transcribes_them) {
  const fs::path folder = fresh_folder("overfit");
  const fs::path weights = weights_fitted_to_four_clips();
  const auto scored = run(std::vector<std::string>{graph("eval.toml"), "--checkpoint", weights.string(), "--run-dir",
                                                   (folder / "eval").string(), "--set", "split=train", "--set", "clips.max_clips=4"} +
                              on_sample(),
                          folder);
  BOOST_TEST_REQUIRE(scored.code == 0, scored.output);
  const auto metrics = read_json_lines(folder / "eval/metrics.jsonl");
  const auto notes = std::find_if(metrics.begin(), metrics.end(), [](const auto& line) { return line["event"] == "eval"; });
  BOOST_TEST_REQUIRE((notes != metrics.end()));
  BOOST_TEST_MESSAGE("over-fitted on four clips: " << notes->dump());
  BOOST_TEST((*notes)["recordings"] == 4);
  BOOST_TEST((*notes)["note_onset_f1_50ms"].get<double>() >= 0.98);
}

BOOST_AUTO_TEST_CASE(the_other_model_takes_its_place_by_one_variable) {
  const fs::path folder = fresh_folder("tivit");
  const auto outcome =
      run(short_training(folder / "run") + std::vector<std::string>{"--set", "model=tivit", "--set", "draws=4", "--set", "batch=2", "--set",
                                                                    "validate_clips=1", "--set", "epochs=1"},
          folder);
  BOOST_TEST(outcome.code == 0, outcome.output);
  const fs::path weights = folder / "run/checkpoints/last.safetensors";
  BOOST_TEST_REQUIRE(fs::exists(weights));
  // The figures of its steps, as documented.
  const auto scored = run(std::vector<std::string>{graph("steps.toml"), "--checkpoint", weights.string(), "--run-dir",
                                                   (folder / "steps").string(), "--set", "clips.max_clips=1", "--set", "threshold=0.02"} +
                              on_sample(),
                          folder);
  BOOST_TEST_REQUIRE(scored.code == 0, scored.output);
  BOOST_TEST(scored.output.find("\nVal: total=") != std::string::npos, scored.output);
  const auto steps = nlohmann::json::parse(read_file(folder / "steps/save_steps.json"));
  BOOST_TEST(steps["rows"][0]["onset_threshold"] == 0.02);
  const auto metrics = read_json_lines(folder / "steps/metrics.jsonl");
  for (const auto& line : metrics)
    if (line["event"] == "steps") BOOST_TEST(line["onset_f1"] == steps["values"]["onset_f1"]);
}

BOOST_AUTO_TEST_SUITE_END()
