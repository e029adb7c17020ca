// graphs/score.toml gives mir_eval's own numbers on mir_eval's own fixtures.
#include <cmath>
#include <set>
#include <tests/shared_data.hpp>

#include "layouts.hpp"

namespace {
using namespace tivit::tests;
using nlohmann::json;

using Rows = std::vector<std::vector<double>>;
Rows rows_of(const fs::path& file) {
  Rows rows;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::vector<double> row;
    for (double value; fields >> value;) row.push_back(value);
    if (!row.empty()) rows.push_back(row);
  }
  return rows;
}

/// The fixtures give frequencies. References are those of keys; estimates lie nearer to one than the half tone that matches.
int key_of(double hz) {
  const double midi = 12 * std::log2(hz / 440) + 69;
  BOOST_REQUIRE(std::abs(midi - std::round(midi)) < 0.45);
  return static_cast<int>(std::round(midi));
}

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

std::string note_labels(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) text += number(row[0]) + "\t" + number(row[1]) + "\t" + std::to_string(key_of(row[2])) + "\n";
  return text;
}

/// Frames every 10 ms: a key that sounds in rows a to b is a note from a's time to the row's after b.
std::string frame_labels(const Rows& rows) {
  std::map<int, long> since, last;
  std::string text;
  const auto end = [&](int key) {
    text += number(0.01 * since[key]) + " " + number(0.01 * (last[key] + 1)) + " " + std::to_string(key) + "\n";
  };
  for (const auto& row : rows) {
    const long at = std::lround(row[0] / 0.01);
    BOOST_REQUIRE(std::abs(row[0] - 0.01 * at) < 1e-9);
    for (std::size_t i = 1; i < row.size(); ++i) {
      const int key = key_of(row[i]);
      if (last.contains(key) && last[key] != at - 1) end(key), since.erase(key);
      if (!since.contains(key)) since[key] = at;
      last[key] = at;
    }
  }
  for (const auto& [key, at] : since) end(key);
  return text;
}

/// Scores ten pairs in one run and gives the two reports.
std::pair<json, json> score(const fs::path& folder, const std::vector<std::string>& estimates, const std::vector<std::string>& references) {
  const auto outcome = run(std::vector<std::string>{graph("score.toml"), "--run-dir", "run", "--estimate"} + estimates +
                               std::vector<std::string>{"--reference"} + references,
                           folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  return {json::parse(read_file(folder / "run/report.json")), json::parse(read_file(folder / "run/frame_report.json"))};
}

void same(const json& ours, const std::string& name, const json& theirs, const std::string& figure) {
  BOOST_TEST(std::abs(ours.at(name).get<double>() - theirs.at(figure).get<double>()) < 1e-6,
             name << " is " << ours.at(name) << ", " << figure << " " << theirs.at(figure));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(score_graph)

BOOST_AUTO_TEST_CASE(notes_of_mir_eval) {
  const auto set = shared("data/mir_eval/transcription");
  if (!set) return;
  const auto folder = fresh_folder("score-notes");
  std::vector<std::string> estimates, references;
  for (int i = 0; i < 10; ++i) {
    const auto n = "0" + std::to_string(i);
    // Estimates as note tables, references as label files.
    write(folder / ("est" + n + ".tsv"), "onset\toffset\tpitch\n" + note_labels(rows_of(*set / ("est" + n + ".txt"))));
    write(folder / ("ref" + n + ".txt"), note_labels(rows_of(*set / ("ref" + n + ".txt"))));
    estimates.push_back("est" + n + ".tsv"), references.push_back("ref" + n + ".txt");
  }
  const auto recordings = score(folder, estimates, references).first.at("recordings");
  BOOST_TEST_REQUIRE(recordings.size() == 10u);
  for (int i = 0; i < 10; ++i) {
    const auto theirs = json::parse(read_file(*set / ("output0" + std::to_string(i) + ".json")));
    const auto& ours = recordings[static_cast<std::size_t>(i)].at("raw");
    for (const auto& [name, suffix] : {std::pair{"note_onset_", "_no_offset"}, {"note_onset_offset_", ""}}) {
      same(ours, name + std::string("precision_50ms"), theirs, std::string("Precision") + suffix);
      same(ours, name + std::string("recall_50ms"), theirs, std::string("Recall") + suffix);
      same(ours, name + std::string("f1_50ms"), theirs, std::string("F-measure") + suffix);
      same(ours, name + std::string("overlap_50ms"), theirs, std::string("Average_Overlap_Ratio") + suffix);
    }
  }
}

BOOST_AUTO_TEST_CASE(frames_of_mir_eval) {
  const auto set = shared("data/mir_eval/multipitch");
  if (!set) return;
  const auto folder = fresh_folder("score-frames");
  std::vector<std::string> estimates, references;
  // Notes cannot say that one key sounds twice at once, as it does where several instruments play: eight of ten references.
  for (const int i : {2, 5})
    for (const char* side : {"est", "ref"}) {
      const auto name = side + ("0" + std::to_string(i)) + ".txt";
      auto rows = rows_of(*set / name);
      const auto times = rows_of(*set / ("ref0" + std::to_string(i) + ".txt"));  // mir_eval looks at estimates at these times alone
      std::erase_if(rows, [&](const auto& row) { return row[0] < times.front()[0] || row[0] > times.back()[0]; });
      write(folder / name, frame_labels(rows));
      (side[0] == 'e' ? estimates : references).push_back(name);
    }
  const auto recordings = score(folder, estimates, references).second.at("recordings");
  BOOST_TEST_REQUIRE(recordings.size() == 2u);
  for (const std::size_t k : {0, 1}) {
    const auto theirs = json::parse(read_file(*set / (k ? "output05.json" : "output02.json")));
    const auto& ours = recordings[k].at("scores");
    for (const auto& [name, figure] : {std::pair{"frame_precision", "Precision"},
                                       {"frame_recall", "Recall"},
                                       {"frame_accuracy", "Accuracy"},
                                       {"frame_substitution_error", "Substitution Error"},
                                       {"frame_miss_error", "Miss Error"},
                                       {"frame_false_alarm_error", "False Alarm Error"},
                                       {"frame_total_error", "Total Error"}})
      same(ours, name, theirs, figure);
  }
}

BOOST_AUTO_TEST_CASE(a_midi_file_against_labels_and_what_is_wrong_with_either) {
  const auto folder = fresh_folder("score-mixed");
  tivit::notes::write_midi(folder / "a.mid", {{{0.55, 1, 60, 80}, {1.05, 2, 62, 80}}});
  write(folder / "b.txt", "0.5 1 60\n1 2 62\n3 4 64\n");
  const auto report = score(folder, {"a.mid"}, {"b.txt"}).first;
  const auto& one = report.at("recordings").at(0);
  BOOST_TEST(one.at("name") == "a");
  BOOST_TEST(one.at("raw").at("note_onset_f1_50ms").get<double>() == 0.8, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(one.at("shift_ms").get<double>() <= 0);
  write(folder / "c.txt", "0.5 1 60\n1 0.5 62\n");
  const auto bad = run({graph("score.toml"), "--run-dir", "bad", "--estimate", "a.mid", "--reference", "c.txt"}, folder);
  BOOST_TEST(bad.code == 3, bad.output);
  BOOST_TEST(bad.output.find("c.txt:2:3: the offset 0.5 is not after the onset 1; correct or remove the row") != std::string::npos,
             bad.output);
  const auto uneven = run({graph("score.toml"), "--run-dir", "uneven", "--estimate", "a.mid", "a.mid", "--reference", "b.txt"}, folder);
  BOOST_TEST(uneven.code == 2, uneven.output);
  BOOST_TEST(uneven.output.find("there are 2 estimates and 1 references") != std::string::npos, uneven.output);
}

BOOST_AUTO_TEST_CASE(recordings_of_one_stem_are_told_apart) {
  const auto folder = fresh_folder("score-stems");
  for (const char* made : {"out", "rescored"}) fs::create_directories(folder / made);
  write(folder / "out/010.txt", "0.5 1 60\n1 2 62\n");
  write(folder / "rescored/010.txt", "0.5 1 60\n1 2 63\n");
  write(folder / "other.txt", "0.5 1 60\n");
  write(folder / "b.txt", "0.5 1 60\n1 2 62\n");
  const auto outcome = run({graph("score.toml"), "--run-dir", "run", "--estimate", "out/010.txt", "rescored/010.txt", "other.txt",
                            "--reference", "b.txt", "b.txt", "b.txt"},
                           folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  const auto recordings = json::parse(read_file(folder / "run/report.json")).at("recordings");
  BOOST_TEST_REQUIRE(recordings.size() == 3u);
  BOOST_TEST(recordings[0].at("name") == "out/010");
  BOOST_TEST(recordings[1].at("name") == "rescored/010");
  BOOST_TEST(recordings[2].at("name") == "other");
  BOOST_TEST(recordings[0].at("raw").at("note_onset_f1_50ms") == 1.0);
  BOOST_TEST(recordings[1].at("raw").at("note_onset_f1_50ms") == 0.5);
  for (const char* row : {"out/010", "rescored/010"}) BOOST_TEST(outcome.output.find(row) != std::string::npos, outcome.output);
}

BOOST_AUTO_TEST_CASE(where_nothing_is_scored_it_says_so) {
  const auto folder = fresh_folder("score-nothing");
  write(folder / "a.txt", "0.5 1 60\n");
  write(folder / "silence.txt", "# nothing\n");
  write(folder / "broken.txt", "no notes\n");
  const auto outcome =
      run({graph("score.toml"), "--run-dir", "run", "--estimate", "a.txt", "a.txt", "--reference", "silence.txt", "broken.txt"}, folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  BOOST_TEST(
      outcome.output.find(
          "stage scores failed at the end of the run: nothing was scored: the reference holds no note: \"a\"; failed: 1; give recordings "
          "with labelled notes, and correct what quarantine.jsonl names") != std::string::npos,
      outcome.output);
  BOOST_TEST(!fs::exists(folder / "run/report.json"));
  BOOST_TEST(read_file(folder / "run/metrics.jsonl").empty());
}

BOOST_AUTO_TEST_CASE(absurd_times_are_named_and_labels_after_the_film_are_cut) {
  const auto folder = fresh_folder("score-absurd");
  write(folder / "a.txt", "0.5 1 60\n");
  write(folder / "far.txt", "0.5 1 60\n5.0 1000000000 60\n");
  const auto far = run({graph("score.toml"), "--run-dir", "far", "--estimate", "a.txt", "--reference", "far.txt"}, folder);
  BOOST_TEST(far.code == 3, far.output);
  BOOST_TEST(far.output.find("far.txt:2:5: the offset 1000000000 s is more than a day away; give seconds from") != std::string::npos,
             far.output);
  // On a film of a few seconds a label of most of a day counts for the film's rows alone.
  for (const char* extension : {".mp4", ".txt", ".keyboard.toml"}) {
    fs::create_directories(folder / "set/test");
    fs::copy_file(sample_set() / ("test/010" + std::string(extension)), folder / ("set/test/010" + std::string(extension)));
  }
  std::ofstream(folder / "set/test/010.txt", std::ios::app) << "0.5 80000 30\n";
  const auto scored = run({graph("eval.toml"), "--run-dir", "scored", "--checkpoint", weights_fitted_to_four_clips().string(), "--set",
                           "clips.root=" + (folder / "set").string(), "--set", "cache=" + (build_folder() / "tests/cache").string()},
                          folder);
  BOOST_TEST_REQUIRE(scored.code == 0, scored.output);
  const auto report = json::parse(read_file(folder / "scored/report.json"));
  BOOST_TEST(report["recordings"][0]["name"] == "010");
  const auto lines = read_json_lines(folder / "scored/metrics.jsonl");
  const auto frames = std::find_if(lines.begin(), lines.end(), [](const auto& line) { return line["event"] == "eval_frames"; });
  BOOST_TEST_REQUIRE((frames != lines.end()));
  BOOST_TEST((*frames)["frame_f1"].get<double>() > 0.5, frames->dump());
  BOOST_TEST(fs::file_size(folder / "scored/rolls/010.png") > 1000u);
}

BOOST_AUTO_TEST_CASE(figures_come_in_one_order_for_any_number_of_threads) {
  const auto folder = fresh_folder("score-order");
  write(folder / "a.txt", "0.5 1 60\n");
  std::set<std::string> seen;
  for (const int threads : {1, 2, 4, 4, 4}) {
    const std::string name = "run" + std::to_string(seen.size()) + "-" + std::to_string(threads);
    fs::remove_all(folder / name);
    const auto outcome = run({graph("score.toml"), "--run-dir", name, "--estimate", "a.txt", "--reference", "a.txt", "--set",
                              "runtime.pipeline_threads=" + std::to_string(threads)},
                             folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    const auto lines = read_json_lines(folder / name / "metrics.jsonl");
    BOOST_TEST_REQUIRE(lines.size() == 2u);
    BOOST_TEST(lines[0]["event"] == "score");
    BOOST_TEST(lines[1]["event"] == "score_frames");
    seen.insert(read_file(folder / name / "metrics.jsonl"));
  }
  BOOST_TEST(seen.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
