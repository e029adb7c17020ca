// graphs/lag.toml: lags put into the sample set are found and taken out again; and the original's lag sweep, by graphs/apply.toml.
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <map>
#include <stages/data/npz.hpp>
#include <tests/shared_data.hpp>

#include "sample.hpp"
#include "shell_words.hpp"

#include "tests/folders.hpp"

namespace {
using namespace tivit::tests;
using nlohmann::json;

/// Seconds by recording: a file for clips.label_shifts.
fs::path shift_table(const fs::path& file, const std::map<std::string, double>& shifts) {
  std::ofstream text(file);
  text << "name\tlabel_shift_s\n";
  for (const auto& [name, shift_s] : shifts) text << name << "\t" << shift_s << "\n";
  return file;
}

/// The entries of lags.json by name, after a run of graphs/lag.toml.
std::map<std::string, json> lags(const fs::path& folder, const std::vector<std::string>& more) {
  static int number = 0;  // a run directory is never used twice
  const auto outcome = run(std::vector<std::string>{graph("lag.toml"), "--to", (folder / "lags").string(), "--run-dir",
                                                    (folder / ("run" + std::to_string(number++))).string()} +
                               more,
                           folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  std::map<std::string, json> found;
  const auto report = json::parse(read_file(folder / "lags/lags.json"));
  for (const auto& entry : report["recordings"]) found[entry["name"]] = entry;
  BOOST_TEST(!found.empty());
  return found;
}

/// Puts a lag of its own into every clip of a split, and wants all of them found to half a frame (25 frames a second).
void injected_lags_are_found(const fs::path& folder, const std::string& split, const std::vector<std::string>& more) {
  const double injected_s[] = {0.137, -0.0712, 0.31, -0.2454, 0.02, 0, -0.38, 0.0993};
  std::map<std::string, double> shifts;
  for (const auto& entry : fs::directory_iterator(sample_set() / split))
    if (entry.path().extension() == ".mp4") shifts[entry.path().stem()] = 0;
  std::size_t i = 0;
  for (auto& [name, shift_s] : shifts) shift_s = injected_s[i++ % 8];
  const auto options = on_sample() + std::vector<std::string>{"--set", "split=" + split} + more;
  const auto found = lags(
      folder, options + std::vector<std::string>{"--set", "clips.label_shifts=" + shift_table(folder / "injected.tsv", shifts).string()});
  BOOST_TEST_REQUIRE(found.size() == shifts.size());
  for (const auto& [name, lag] : found) {
    BOOST_TEST_MESSAGE(lag.dump());
    BOOST_TEST(lag["verdict"] == "found", lag.dump());
    BOOST_TEST(lag["split"] == split, lag.dump());
    BOOST_TEST(std::abs(lag["lag_ms"].get<double>() + 1e3 * shifts[name]) <= 20, lag.dump());
    BOOST_TEST(std::abs(lag["label_shift_s"].get<double>()) <= 0.02, lag.dump());  // what remains to be done to the files as they are
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lag)

BOOST_AUTO_TEST_CASE(lags_put_into_rendered_clips_are_found_from_motion_and_taken_out_again) {
  const fs::path folder = fresh_folder("lag-motion");
  injected_lags_are_found(folder, "train", {});
  // The corrected label files are those of the clips again, but for notes that the injected lag moved out of sight.
  for (const auto& entry : fs::directory_iterator(folder / "lags/labels")) {
    std::istringstream corrected(read_file(entry.path())), original(read_file(sample_set() / "train" / entry.path().filename()));
    std::vector<std::array<double, 3>> truth;
    for (std::array<double, 3> note; original >> note[0] >> note[1] >> note[2];) truth.push_back(note);
    std::size_t rows = 0, right = 0;
    for (std::array<double, 3> note; corrected >> note[0] >> note[1] >> note[2]; ++rows)
      right += std::any_of(truth.begin(), truth.end(),
                           [&](const auto& other) { return note[2] == other[2] && std::abs(note[1] - other[1]) <= 0.021; });
    BOOST_TEST(rows > 20u);
    BOOST_TEST(right == rows, entry.path());
  }
  // lags.tsv is what the data set reads: with it, labels that lag are labels that do not.
  const auto labels = folder / "late";
  fs::create_directories(labels);
  for (const auto& entry : fs::directory_iterator(sample_set() / "test"))
    if (entry.path().extension() == ".txt") {
      std::istringstream rows(read_file(entry.path()));
      std::ofstream late(labels / entry.path().filename());
      for (double onset_s, offset_s, pitch; rows >> onset_s >> offset_s >> pitch;)
        late << onset_s + 0.25 << "\t" << offset_s + 0.25 << "\t" << pitch << "\n";
    }
  const auto late = on_sample() + std::vector<std::string>{"--set", "split=test", "--set", "clips.annotations_root=" + labels.string()};
  for (const auto& [name, lag] : lags(folder, late)) BOOST_TEST(std::abs(lag["label_shift_s"].get<double>() + 0.25) <= 0.02, lag.dump());
  fs::copy_file(folder / "lags/lags.tsv", folder / "shifts.tsv");
  BOOST_TEST(read_file(folder / "shifts.tsv").starts_with("name\tsplit\tlabel_shift_s\t"));
  BOOST_TEST(read_file(folder / "shifts.tsv").find("\n010\ttest\t-0.2") != std::string::npos);
  for (const auto& [name, lag] :
       lags(folder, late + std::vector<std::string>{"--set", "clips.label_shifts=" + (folder / "shifts.tsv").string()})) {
    BOOST_TEST(std::abs(lag["lag_ms"].get<double>()) <= 3, lag.dump());
    BOOST_TEST(std::abs(lag["label_shift_s"].get<double>() + 0.25) <= 0.02, lag.dump());
  }
}

BOOST_AUTO_TEST_CASE(lags_put_into_rendered_clips_are_found_from_the_onsets_of_a_model_that_never_saw_them) {
  const fs::path folder = fresh_folder("lag-model");
  injected_lags_are_found(folder, "test", {"--set", "signal=model", "--checkpoint", weights_fitted_to_four_clips().string()});
}

BOOST_AUTO_TEST_CASE(without_weights_no_lag_is_looked_for_with_a_model) {
  const fs::path folder = fresh_folder("lag-no-weights");
  const auto options = std::vector<std::string>{graph("lag.toml"), "--set", "signal=model"} + on_sample();
  for (const auto& more : {std::vector<std::string>{}, {"--check"}}) {
    const auto outcome = run(options + more, folder);
    BOOST_TEST(outcome.code == 2, outcome.output);
    BOOST_TEST(outcome.output.find("default of argument \"checkpoint\": there is no file or folder "
                                   "\"runs/latest-train/checkpoints/best.safetensors\"") != std::string::npos,
               outcome.output);
  }
  BOOST_TEST(!fs::exists(folder / "lags"));
}

BOOST_AUTO_TEST_CASE(labels_of_another_recording_are_left_as_they_are_and_named) {
  const fs::path folder = fresh_folder("lag-foreign");
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(sample_set() / "test"))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  fs::create_directories(folder / "labels");
  for (std::size_t i = 0; i < files.size(); ++i) fs::copy_file(files[i], folder / "labels" / files[(i + 1) % files.size()].filename());
  const auto found = lags(folder, on_sample() + std::vector<std::string>{"--set", "split=test", "--set",
                                                                         "clips.annotations_root=" + (folder / "labels").string()});
  for (const auto& [name, lag] : found) {
    BOOST_TEST(lag["verdict"] == "halves disagree", lag.dump());
    BOOST_TEST(lag["label_shift_s"] == 0.0);
    BOOST_TEST(read_file(folder / "output.log").find(name + ": labels left as they are: halves disagree") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_lags_of_real_clips_never_seen_are_found_from_motion) {
  const auto data = shared("data/mta");
  if (!data) return;
  // The labels are corrected already: the correction is taken away again, and must be found.
  std::map<std::string, double> away;
  std::istringstream table(read_file(*data / "clips.tsv"));
  std::vector<std::string> head;
  for (std::string line; std::getline(table, line);) {
    std::vector<std::string> fields;
    std::istringstream row(line);
    for (std::string field; std::getline(row, field, '\t');) fields.push_back(field);
    if (head.empty())
      head = fields;
    else
      away[fields[0]] = -std::stod(fields[static_cast<std::size_t>(std::find(head.begin(), head.end(), "label_shift_s") - head.begin())]);
  }
  BOOST_TEST_REQUIRE(away.size() == 32u);
  const fs::path folder = fresh_folder("lag-real");
  const auto found = lags(folder, {"--set", "data=mta", "--set", "split=test", "--set", "clips.root=" + data->string(), "--set",
                                   "cache=" + (build_folder() / "tests/cache").string(), "--set",
                                   "clips.label_shifts=" + shift_table(folder / "away.tsv", away).string()});
  BOOST_TEST(found.size() == 5u);
  for (const auto& [name, lag] : found) BOOST_TEST(std::abs(lag["lag_ms"].get<double>() + 1e3 * away[name]) <= 25, lag.dump());
}

BOOST_AUTO_TEST_CASE(the_sweep_of_the_original_system_is_reproduced) {
  const auto file = shared("golden/lag.json");
  if (!file) return;
  const fs::path folder = fresh_folder("lag-sweep");
  const auto golden = json::parse(read_file(*file));
  int rows = 0;
  for (const auto& expected : golden["cases"]) BOOST_TEST_CONTEXT(expected["name"]) {
      const auto in = folder / "in.npz", out = folder / "out.npz";
      tivit::data::write_npz(in, {{{"prediction", at::tensor(expected["x"].get<std::vector<float>>())},
                                   {"events", at::tensor(expected["y"].get<std::vector<float>>())}},
                                  {}});
      const bool probabilities = expected["mode"] == "probs";
      const auto outcome = run({graph("apply.toml"), in.string(), "--to", out.string(), "--set", "apply.use=labels/lag_sweep", "--set",
                                "apply.max_shift=" + expected["max_shift"].dump(), "--set",
                                std::string("apply.input=") + (probabilities ? "probabilities" : "logits")},
                               folder);
      BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
      const auto made = tivit::data::read_npz(out).arrays;
      BOOST_TEST(made.at("best")[0].item<std::int64_t>() == expected["best_shift"].get<std::int64_t>());
      BOOST_TEST_REQUIRE(made.at("shift").size(0) == static_cast<std::int64_t>(expected["rows"].size()));
      for (std::size_t i = 0; i < expected["rows"].size(); ++i, ++rows) {
        const auto& row = expected["rows"][i];
        const auto at = [&](const char* name) { return made.at(name)[static_cast<std::int64_t>(i)]; };
        BOOST_TEST(at("shift").item<std::int64_t>() == row[0].get<std::int64_t>());
        if (row[1].is_null())
          BOOST_TEST(std::isnan(at("correlation").item<double>()));
        else
          BOOST_TEST(std::abs(at("correlation").item<double>() - row[1].get<double>()) < 1e-5);
        BOOST_TEST(std::abs(at("f1").item<double>() - row[2].get<double>()) <= 1e-6 * row[2].get<double>());
        BOOST_TEST(at("length").item<std::int64_t>() == row[3].get<std::int64_t>());
      }
    }
  BOOST_TEST(rows == 55);
}

BOOST_AUTO_TEST_CASE(the_document_is_true) {
  const fs::path folder = fresh_folder("lag-document");
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(source_folder() / name, folder / name);
  fs::create_directories(folder / "data");
  fs::create_directory_symlink(sample_set(), folder / "data/sample");
  fs::create_directories(folder / "runs/latest-train/checkpoints");
  fs::copy_file(some_weights(), folder / "runs/latest-train/checkpoints/best.safetensors");
  auto prediction = at::zeros({24}), events = at::zeros({24});
  for (const int row : {3, 10, 16}) events[row] = 1, prediction[row + 1] = row;
  tivit::data::write_npz(folder / "curve.npz", {{{"prediction", prediction}, {"events", events}}, {}});
  std::istringstream lines(read_file(source_folder() / "docs/lag.md"));
  int commands = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("tivit-run ")) continue;
    auto arguments = words_of(line.substr(10));
    if (arguments[0].find("apply") == std::string::npos)
      arguments = arguments + std::vector<std::string>{"--set", "cache=" + (build_folder() / "tests/cache").string()};
    const auto outcome = run(arguments, folder);
    BOOST_TEST(outcome.code == 0, line + "\n" + outcome.output);
    ++commands;
  }
  BOOST_TEST(commands == 5);
  BOOST_TEST(read_file(folder / "lags/lags.tsv").starts_with("name\tsplit\tlabel_shift_s\tlag_ms\t"));
  BOOST_TEST(fs::exists(folder / "lags/labels/010.txt"));
  BOOST_TEST(tivit::data::read_npz(folder / "sweep.npz").arrays.at("best").item<std::int64_t>() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
