// graphs/calibrate.toml and what reads its file; graphs/thresholds.toml; key rescoring by one line.
#include <algorithm>
#include <cmath>

#include <tests/shared_data.hpp>

#include "sample.hpp"
#include "shell_words.hpp"

#include "tests/folders.hpp"

namespace {
using namespace tivit::tests;
using nlohmann::json;

json read_json(const fs::path& file) { return json::parse(read_file(file)); }

Outcome go(const std::string& name, const fs::path& folder, const std::string& run_name, const std::vector<std::string>& more) {
  return run(
      std::vector<std::string>{graph(name), "--run-dir", (folder / run_name).string(), "--set", "run.precision=fp32"} + on_sample() + more,
      folder);
}

/// A calibration of the hardly trained weights on the sample set; made once.
fs::path some_calibration() {
  static const fs::path file = [] {
    const fs::path folder = fresh_folder("calibration");
    const auto outcome = go("calibrate.toml", folder, "run", {"--checkpoint", some_weights().string(), "--to", "calibration.json"});
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    return folder / "calibration.json";
  }();
  return file;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calibration)

BOOST_AUTO_TEST_CASE(a_calibration_is_written_and_read) {
  const fs::path file = some_calibration(), folder = fresh_folder("calibrated");
  const auto calibration = read_json(file);
  for (const char* head : {"onset", "offset", "frame"}) {
    const auto& entry = calibration[head];
    BOOST_TEST((entry["best_prob"] > 0 && entry["best_prob"] < 1), entry.dump());
    BOOST_TEST(entry["temperature"] > 0, entry.dump());
    BOOST_TEST(std::abs(entry["calibrated_pred_rate"].get<double>() - entry["pos_rate"].get<double>()) < 0.05);
  }
  const auto report = read_json(file.parent_path() / "run/report.json");
  BOOST_TEST(report["recordings"].size() == 2u);
  BOOST_TEST(report["heads"]["onset"]["after"]["ece"].get<double>() < report["heads"]["onset"]["before"]["ece"].get<double>());
  BOOST_TEST(fs::file_size(file.parent_path() / "run/reliability.png") > 5000u);
  const std::vector<std::string> one{"--checkpoint", some_weights().string(), "--set", "clips.max_clips=1"};
  const auto plain = go("eval.toml", folder, "plain", one),
             with = go("eval.toml", folder, "with", one + std::vector<std::string>{"--calibration", file.string()});
  BOOST_TEST_REQUIRE(plain.code == 0, plain.output);
  BOOST_TEST_REQUIRE(with.code == 0, with.output);
  // The weights are hardly trained: at the usual thresholds they find nothing, at theirs they do.
  const auto found = [&](const char* name) {
    return read_json(folder / name / "report.json")["recordings"][0]["estimated_notes"].get<int>();
  };
  BOOST_TEST(found("plain") == 0);
  BOOST_TEST(found("with") > 0);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_calibration_is_told_before_anything_runs) {
  const fs::path folder = fresh_folder("no-calibration");
  const auto says = [&](const std::string& text, const std::string& part) {
    std::ofstream(folder / "calibration.json") << text;
    const auto outcome = go("eval.toml", folder, "run", {"--checkpoint", some_weights().string(), "--calibration", "calibration.json"});
    BOOST_TEST(outcome.code == 2, outcome.output);
    BOOST_TEST(outcome.output.find(part) != std::string::npos, outcome.output);
    BOOST_TEST(std::count(outcome.output.begin(), outcome.output.end(), '\n') == 1, outcome.output);  // and nothing else
  };
  says(R"({"offset": {"best_prob": 0.3}})", "calibration.json: names no head \"onset\"");
  says(R"({"onset": {"best_prob": 7}})",
       "calibration.json:1:25: best_prob of \"onset\": 7 is out of range; a threshold on probabilities lies in 0 to 1");
  says("a calibration", "calibration.json:1:1: is no JSON");
  says(R"({"onset": {"best_prob": 0.3}, "onset": {"best_prob": 0.2}})", "calibration.json:1:31: \"onset\" stands here a second time");
  const auto none = go("eval.toml", folder, "run", {"--checkpoint", some_weights().string(), "--calibration", "nowhere.json"});
  BOOST_TEST(none.code == 2);
  BOOST_TEST(none.output.find("nowhere.json") != std::string::npos, none.output);
}

BOOST_AUTO_TEST_CASE(a_head_that_the_model_does_not_have_ends_the_run_with_one_error) {
  const fs::path folder = fresh_folder("other-heads");
  std::ofstream(folder / "calibration.json") << R"({"onset": {"best_prob": 0.3}, "ofset": {"best_prob": 0.3}})";
  const auto outcome = go("eval.toml", folder, "run", {"--checkpoint", some_weights().string(), "--calibration", "calibration.json"});
  BOOST_TEST(outcome.code == 1, outcome.output);
  const std::string part = "calibration.json: calibrates a head \"ofset\" that the model does not have; it has ";
  const auto last = outcome.output.find("failed: stage \"logits\"");
  BOOST_TEST_REQUIRE(last != std::string::npos, outcome.output);
  BOOST_TEST(outcome.output.find(part, last) != std::string::npos, outcome.output);
  BOOST_TEST(outcome.output.find("did you mean \"offset\"?", last) != std::string::npos, outcome.output);
  // The warning that the stage failed tells it of one recording, not of all three.
  BOOST_TEST(outcome.output.find(part) < last);
  BOOST_TEST(outcome.output.find(part, outcome.output.find(part) + 1) > last);
  BOOST_TEST(outcome.output.find("nothing was scored") == std::string::npos, outcome.output);
}

BOOST_AUTO_TEST_CASE(silent_labels_give_no_calibration) {
  // The sample set, whose only labelled notes lie behind the end of the videos.
  const fs::path folder = fresh_folder("silent-labels");
  fs::create_directories(folder / "silent/val");
  for (const auto& entry : fs::directory_iterator(sample_set() / "val")) {
    const auto to = folder / "silent/val" / entry.path().filename();
    if (entry.path().extension() == ".txt")
      std::ofstream(to) << "900\t901\t60\n";
    else
      fs::create_symlink(entry.path(), to);
  }
  const auto outcome = go("calibrate.toml", folder, "run",
                          {"--checkpoint", some_weights().string(), "--to", "calibration.json", "--set", "clips.root=silent"});
  BOOST_TEST(outcome.code != 0, outcome.output);
  BOOST_TEST(outcome.output.find("no head has a threshold: \"frame\" (its labels hold nothing that it could find), ") != std::string::npos,
             outcome.output);
  BOOST_TEST(!fs::exists(folder / "calibration.json"));
}

BOOST_AUTO_TEST_CASE(a_calibration_for_other_logits_is_told) {
  const fs::path folder = fresh_folder("other-logits");
  const auto made = read_json(some_calibration())["made_with"];
  BOOST_TEST(made["key_prior"] == json({{"strength", 0.0}}));
  BOOST_TEST(made["model"].get<std::string>().size() == 16u);
  const auto log = [&](const std::string& name, const std::vector<std::string>& more) {
    const auto outcome = go("eval.toml", folder, name,
                            std::vector<std::string>{"--calibration", some_calibration().string(), "--set", "clips.max_clips=1"} + more);
    BOOST_TEST(outcome.code == 0, outcome.output);
    return outcome.output;
  };
  const std::vector<std::string> weights{"--checkpoint", some_weights().string()};
  BOOST_TEST(log("same", weights).find("was made with") == std::string::npos);
  const auto rescored = log("rescored", weights + std::vector<std::string>{"--set", "key_prior=0.5"});
  BOOST_TEST(
      rescored.find("calibration.json: was made with another key prior: {\"strength\":0.0} then, {\"apply_to\":[\"onset\"],\"beta\":4.0,"
                    "\"epsilon\":1e-08,\"reference\":\"onset\",\"strength\":0.5,\"uniform\":0.8,\"window_s\":3.0} here; its thresholds "
                    "belong to other logits: calibrate again "
                    "for these") != std::string::npos,
      rescored);
  const auto other = log("other", {"--checkpoint", weights_fitted_to_four_clips().string()});
  BOOST_TEST(other.find("calibration.json: was made with other weights: " + made["model"].dump() + " then, \"") != std::string::npos,
             other);
  // Made with the prior, it is silent with it.
  const auto again = go("calibrate.toml", folder, "again",
                        weights + std::vector<std::string>{"--clips", "1", "--to", "again.json", "--set", "key_prior=0.5"});
  BOOST_TEST_REQUIRE(again.code == 0, again.output);
  const auto used =
      go("eval.toml", folder, "used",
         weights + std::vector<std::string>{"--calibration", "again.json", "--set", "clips.max_clips=1", "--set", "key_prior=0.5"});
  BOOST_TEST(used.output.find("was made with") == std::string::npos, used.output);
}

BOOST_AUTO_TEST_CASE(a_file_of_the_python_program_is_taken) {
  const fs::path folder = fresh_folder("python-calibration");
  std::ofstream(folder / "calibration.json")
      << R"({"onset": {"best_logit": -4.0, "best_prob": 0.02}, "offset": {"best_logit": -4.0, "best_prob": 0.02}})";
  const auto outcome = go("eval.toml", folder, "run",
                          {"--checkpoint", some_weights().string(), "--calibration", "calibration.json", "--set", "clips.max_clips=1"});
  BOOST_TEST(outcome.code == 0, outcome.output);
}

BOOST_AUTO_TEST_CASE(tivit_is_calibrated_by_the_same_graph) {
  const fs::path folder = fresh_folder("calibrated-tivit");
  const std::vector<std::string> tivit{"--set", "model=tivit"};
  const auto trained = go("train.toml", folder, "training",
                          tivit + std::vector<std::string>{"--set", "epochs=1", "--set", "draws=8", "--set", "validate_clips=1"});
  BOOST_TEST_REQUIRE(trained.code == 0, trained.output);
  const std::vector<std::string> weights{"--checkpoint", (folder / "training/checkpoints/last.safetensors").string()};
  const auto outcome =
      go("calibrate.toml", folder, "run", tivit + weights + std::vector<std::string>{"--to", "calibration.json", "--clips", "1"});
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  const auto calibration = read_json(folder / "calibration.json");
  for (const char* head : {"onset", "offset", "pitch"}) BOOST_TEST(calibration.contains(head), calibration.dump());
  const auto scored = go("eval.toml", folder, "scored",
                         tivit + weights + std::vector<std::string>{"--calibration", "calibration.json", "--set", "clips.max_clips=1"});
  BOOST_TEST(scored.code == 0, scored.output);
}

BOOST_AUTO_TEST_CASE(many_thresholds_in_one_run_give_the_same_bytes_twice) {
  const fs::path folder = fresh_folder("thresholds");
  std::string tables[2];
  for (int i : {0, 1}) {
    const std::string name = "run" + std::to_string(i);
    const auto outcome = go("thresholds.toml", folder, name, {"--checkpoint", some_weights().string(), "--clips", "2", "--frames", "96"});
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    tables[i] = read_file(folder / name / "report.json");
  }
  BOOST_TEST((tables[0] == tables[1]));
  const auto curve = json::parse(tables[0])["heads"]["onset"]["curve"];
  BOOST_TEST(curve.size() == 21u);
  BOOST_TEST(curve[0]["probability"] == 0.0);
  BOOST_TEST(curve[20]["probability"] == 1.0);
}

BOOST_AUTO_TEST_CASE(key_rescoring_is_one_line) {
  const fs::path folder = fresh_folder("key-line"), video = [] {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(sample_set() / "test"))
      if (entry.path().extension() == ".mp4") all.push_back(entry.path());
    return *std::min_element(all.begin(), all.end());
  }();
  std::string notes[2];
  for (int i : {0, 1}) {
    const auto outcome = run(
        {graph("transcribe.toml"), video.string(), "--to", "out" + std::to_string(i), "--run-dir", (folder / std::to_string(i)).string(),
         "--checkpoint", some_weights().string(), "--calibration", some_calibration().string(), "--set", "run.precision=fp32", "--set",
         "cache=" + (build_folder() / "tests/cache").string(), "--set", "key_prior=" + std::to_string(4 * i)},
        folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    notes[i] = read_file(folder / ("out" + std::to_string(i)) / (video.stem().string() + ".txt"));
  }
  BOOST_TEST((notes[0] != notes[1]));
}

BOOST_AUTO_TEST_CASE(recordings_to_calibrate_on_are_drawn_as_the_python_program_drew_them) {
  const auto text = shared("golden/calib_split.json"), metadata = shared("golden/metadata/omaps_train.json");
  if (!text || !metadata) return;
  const fs::path folder = fresh_folder("calibration-split");
  const auto twice = run({graph("calibration_split.toml"), "twice.json", "--check"}, [&] {
    std::ofstream(folder / "twice.json") << R"({"pieces": [{"stem": "a", "notes_per_sec": 1},
 {"stem": "b", "notes_per_sec": 2}, {"stem": "a", "notes_per_sec": 3}]})";
    return folder;
  }());
  BOOST_TEST(twice.code == 2);
  BOOST_TEST(twice.output.find("twice.json:2:37: lists more than once: \"a\"; ") != std::string::npos, twice.output);
  const auto all = run({graph("calibration_split.toml"), metadata->string(), "--share", "1", "--check"}, folder);
  BOOST_TEST(all.code == 2);
  BOOST_TEST(all.output.find("omaps_train.json: all of its recordings are drawn, and none is left to train on: \"001\", \"002\", ") !=
                 std::string::npos,
             all.output);
  const auto golden = read_json(*text);
  int compared = 0;
  for (const auto& row : golden["cases"]) {
    if (row["metadata"] != "omaps_train") continue;
    ++compared;
    const auto outcome = run({graph("calibration_split.toml"), metadata->string(), "--to", "lists", "--share", row["fraction"].dump(),
                              "--bins", row["bins"].dump(), "--seed", row["seed"].dump()},
                             folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    for (const auto& [list, file] : {std::pair{"calib", "calib_list.txt"}, {"remainder", "train_minus_calib_list.txt"}}) {
      std::string lines;
      for (const auto& name : row[list]) lines += name.get<std::string>() + "\n";
      BOOST_TEST(read_file(folder / "lists" / file) == lines);
    }
  }
  BOOST_TEST(compared == 4);
}

BOOST_AUTO_TEST_CASE(the_document_is_true) {
  const fs::path folder = fresh_folder("calibration-document");
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(source_folder() / name, folder / name);
  fs::create_directories(folder / "data");
  fs::create_directory_symlink(sample_set(), folder / "data/sample");
  fs::create_directories(folder / "runs/latest-train/checkpoints");
  fs::copy_file(some_weights(), folder / "runs/latest-train/checkpoints/best.safetensors");
  std::ofstream(folder / "metadata.json")
      << R"({"pieces": [{"stem": "000", "notes_per_sec": 3}, {"stem": "001", "notes_per_sec": 6}, {"stem": "002", "notes_per_sec": 6}]})";
  std::istringstream lines(read_file(source_folder() / "docs/calibration.md"));
  int commands = 0;
  std::ofstream shown;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ") && line.ends_with(".toml")) shown.open(folder / line.substr(2));
    if (line.starts_with("```")) shown.close();
    if (shown.is_open()) shown << line << "\n";
    if (!line.starts_with("tivit-run ")) continue;
    auto arguments = words_of(line.substr(10));
    if (arguments[0].find("rescore") == std::string::npos && arguments[0].find("split") == std::string::npos)
      arguments = arguments + std::vector<std::string>{"--set", "cache=" + (build_folder() / "tests/cache").string()};
    const auto outcome = run(arguments, folder);
    BOOST_TEST(outcome.code == 0, line + "\n" + outcome.output);
    ++commands;
  }
  BOOST_TEST(commands == 11);
  const auto text = read_file(source_folder() / "docs/calibration.md");
  const auto begin = text.find("```json\n") + 8;
  std::ofstream(folder / "shown.json") << text.substr(begin, text.find("```", begin) - begin);
  const auto taken = run({"graphs/eval.toml", "--calibration", "shown.json", "--check"}, folder);
  BOOST_TEST(taken.code == 0, taken.output);
  BOOST_TEST(read_file(folder / "keys.csv").starts_with("t_sec,top1_key,top1_prob,top2_key,top2_prob\r\n0.0,"));
  BOOST_TEST(fs::exists(folder / "out/010.mid"));
}

BOOST_AUTO_TEST_SUITE_END()
