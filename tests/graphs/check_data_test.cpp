// graphs/check_data.toml, and the golden label files through the graph that reads labels.
#include <ATen/ops/logical_not.h>
#include <ATen/ops/zeros.h>
#include <stages/data/npz.hpp>
#include <tests/code_blocks.hpp>
#include <tests/shared_data.hpp>

#include "layouts.hpp"
#include "sample.hpp"
#include "shell_words.hpp"

#include "tests/folders.hpp"
#include "tests/holds.hpp"

namespace {
using namespace tivit::tests;
using nlohmann::json;

/// A graph over label files that have no real videos beside them.
std::string label_graph(const fs::path& root, const std::string& split, const std::string& rest) {
  return "[run]\non_error = { do = \"skip\" }\n[stages.clips]\nuse = \"data/clips\"\nroot = \"" + root.string() + "\"\nsplit = \"" + split +
         "\"\n[stages.labels]\nuse = \"labels/read\"\nin = \"clips\"\n" + rest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_data)

/// Every row of every file is as the loader and the checker of old read it, or as one of them, or as this table says: docs/data-sets.md has
/// the rules.
BOOST_AUTO_TEST_CASE(golden_label_files_through_the_graph) {
  const auto golden = shared("golden/labels");
  if (!golden) return;
  const auto folder = fresh_folder("golden-labels");
  const auto expected = json::parse(read_file(*golden / "expected.json")).at("files");
  for (const auto& [name, entry] : expected.items()) {
    link(*golden / name, folder / "set" / name);
    write(folder / "set" / fs::path(name).replace_extension(".mp4"), "never opened");
  }
  write(folder / "labels.toml",
        label_graph(folder / "set", "", "bad_rows = \"skip\"\n[stages.save]\nuse = \"report/npz\"\nin = { n = \"labels\" }\n"));
  const auto outcome = run({"labels.toml", "--run-dir", "run"}, folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  // The reader that we agree with where they differ, and which of its rows are ours; or the rows that neither of them read.
  const json all;
  using Reader = std::pair<std::string, json>;
  const std::map<std::string, Reader> one_reader{{"bad_numbers", {"loader", all}},    {"header", {"loader", all}},
                                                 {"negative_onset", {"loader", all}}, {"nul_bytes", {"loader", all}},
                                                 {"nan_inf", {"loader", {2}}},        {"offset_before_onset", {"loader", {0}}},
                                                 {"pitch_range", {"loader", {2}}},    {"zero_length", {"loader", {0}}},
                                                 {"commas", {"checker", all}},        {"comments", {"checker", all}},
                                                 {"four_columns", {"checker", all}},  {"float_pitch", {"checker", {0, 2}}},
                                                 {"underscores", {"checker", {1}}},   {"unicode_space", {"checker", json::array()}}};
  const std::map<std::string, json> own{{"bom", {{0.1, 0.5, 60}, {0.2, 0.6, 62}}},
                                        {"invalid_utf8", {{0.1, 0.5, 60}, {0.2, 0.6, 62}, {0.3, 0.7, 64}}},
                                        {"mixed_columns", {{0.1, 0.5, 60}, {0.2, 0.6, 62}, {0.5, 0.9, 65}}}};
  const std::string left_out[]{"bad_numbers.txt:2:1", "bad_numbers.txt:3:5",   "bad_numbers.txt:4:9",         "bad_numbers.txt:5:1",
                               "float_pitch.txt:2:9", "mixed_columns.txt:3:1", "mixed_columns.txt:4:1",       "nan_inf.txt:1:1",
                               "nan_inf.txt:2:5",     "nul_bytes.txt:2:1",     "offset_before_onset.txt:2:5", "pitch_range.txt:1:9",
                               "pitch_range.txt:2:9", "underscores.txt:1:1",   "unicode_space.txt:1:1",       "unicode_space.txt:2:1",
                               "zero_length.txt:2:5"};
  std::size_t named = 0;
  for (const auto& place : left_out) BOOST_TEST(holds(outcome.output, "left out: " + (folder / "set" / place).string() + ": "), place);
  for (std::size_t at = 0; (at = outcome.output.find("left out: ", at)) != std::string::npos; ++at) ++named;
  BOOST_TEST(named == std::size(left_out), outcome.output);

  for (const auto& [file, entry] : expected.items()) {
    const auto stem = fs::path(file).stem().string();
    const auto arrays = tivit::data::read_npz(folder / "run/save" / (stem + ".npz")).arrays;
    const auto onset = arrays.at("n.onset_s"), offset = arrays.at("n.offset_s"), pitch = arrays.at("n.pitch");
    const auto are = [&](json rows, const std::string& reader) {
      BOOST_TEST_CONTEXT(file << " as the " << reader << " has it") {
        const auto before = [](const json& a, const json& b) { return std::pair(a[0], a[2]) < std::pair(b[0], b[2]); };
        std::stable_sort(rows.begin(), rows.end(), before);
        BOOST_TEST_REQUIRE(onset.size(0) == static_cast<std::int64_t>(rows.size()));
        const auto as = [&](double value) { return reader == "loader" ? static_cast<float>(value) : value; };  // it had float32
        for (std::size_t i = 0; i < rows.size(); ++i) {
          BOOST_TEST(as(onset.data_ptr<double>()[i]) == rows[i][0].get<double>());
          BOOST_TEST(as(offset.data_ptr<double>()[i]) == rows[i][1].get<double>());
          BOOST_TEST(pitch.data_ptr<std::int64_t>()[i] == rows[i][2].get<int>());
        }
      }
    };
    const auto rows_of = [&](const std::string& reader) {
      return entry.at(reader).value(reader == "loader" ? "rows_float32" : "rows", json::array());  // none: an error, such as "no labels"
    };
    if (const auto found = own.find(stem); found != own.end()) {
      are(found->second, "table above");
    } else if (const auto one = one_reader.find(stem); one != one_reader.end()) {
      const auto& [reader, which] = one->second;
      const json rows = rows_of(reader);
      json kept = which.is_null() ? rows : json::array();
      for (const auto& i : which) kept.push_back(rows.at(i.get<std::size_t>()));
      are(kept, reader);
    } else {
      are(rows_of("loader"), "loader");
      are(rows_of("checker"), "checker");
    }
  }
  BOOST_TEST(expected.size() == 30u);
}

BOOST_AUTO_TEST_CASE(the_earlier_checker_and_ours_agree_on_its_tree) {
  const auto golden = shared("golden/labels");
  if (!golden) return;
  const auto folder = fresh_folder("integrity");
  const auto report = json::parse(read_file(*golden / "expected.json")).at("integrity_report");
  for (const auto& [split, files] : report.at("tree").items())
    for (const auto& [name, source] : files.items()) link(*golden / source.get<std::string>(), folder / "set" / split / name);
  for (const auto& [split, names] : report.at("videos").items())
    for (const auto& name : names) write(folder / "set" / split / name.get<std::string>(), "never opened");
  int compared = 0;
  for (const char* split : {"train", "test"}) {
    write(folder / "check.toml", label_graph(folder / "set", split,
                                             "[stages.findings]\nuse = \"report/dataset\"\nin = { clip = \"clips\", notes = \"labels\" "
                                             "}\n[stages.save]\nuse = \"report/json\"\nin = \"findings\"\n"));
    const auto outcome = run({"check.toml", "--run-dir", std::string("run-") + split}, folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    const auto ours = json::parse(read_file(folder / (std::string("run-") + split) / "save.json"));
    for (const auto& wanted : report.at("omaps_all_json").at("pieces")) {
      if (!holds(wanted.at("txt"), std::string("/") + split + "/") || !wanted.at("has_video").get<bool>()) continue;
      const auto piece = std::find_if(ours.at("pieces").begin(), ours.at("pieces").end(),
                                      [&](const json& p) { return p.at("stem") == wanted.at("stem"); });
      BOOST_TEST_REQUIRE((piece != ours.at("pieces").end()));
      for (const char* key : {"n_notes", "pitch_min", "pitch_max", "has_video"}) BOOST_TEST(piece->at(key) == wanted.at(key), key);
      for (const char* key : {"duration_sec", "notes_per_sec"})
        BOOST_TEST(piece->at(key).get<double>() == wanted.at(key).get<double>(), boost::test_tools::tolerance(1e-12));
      ++compared;
    }
    const auto skipped = read_file(folder / (std::string("run-") + split) / "skipped_files.tsv");
    if (split == std::string("train")) {
      BOOST_TEST(ours.at("anomalies").dump() == R"([{"name":"x","what":"has no labels"}])");
      for (const char* name : {"c.txt", "e.txt"})
        BOOST_TEST(holds(skipped, name + std::string("\tlabels of a video that is not here")), skipped);
    } else {
      BOOST_TEST(holds(skipped, "d.txt\tlabels of a video that is not here"), skipped);
    }
  }
  BOOST_TEST(compared == 3);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_set_is_named) {
  const auto root = fresh_folder("checked");
  std::vector<fs::path> films;
  for (const auto& entry : fs::directory_iterator(sample_set() / "test"))
    if (entry.path().extension() == ".mp4") films.push_back(entry.path());
  std::sort(films.begin(), films.end());
  for (const char* name : {"good", "late", "bare", "rows"}) link(films[0], root / "train" / (name + std::string(".mp4")));
  write(root / "train/cut.mp4", read_file(films[0]).substr(0, 2000));
  for (const char* name : {"good", "cut"}) write(root / "train" / (name + std::string(".txt")), "0.5 1 60\n1 2 61\n");
  write(root / "train/late.txt", "0.5 1000 60\n1 2 10\n");
  write(root / "train/rows.txt", "0.5 1 60\n1 x 62\n");
  write(root / "train/good.keyboard.toml", "corners = [[0, 0], [100, 0], [100, 20], [0, 20]]\n");
  const auto folder = fresh_folder("check-run");
  const auto outcome =
      run({graph("check_data.toml"), "--root", root.string(), "--split", "train", "--run-dir", "run", "--set", "clips.hold_out_share=0"},
          folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  for (const char* line : {"3 recordings of split train; medians: ", "; 1 with corners; 5 anomalies\n", "  bare: has no labels\n",
                           "  late: notes outside the 88 keys: 1\n", "  late: its labels end at 1000.000 s, the video at 20.",
                           "  cut: video: ", "rows.txt:2:3: \"x\" is not a number"})
    BOOST_TEST(holds(outcome.output, line), line << "\n" << outcome.output);
  const auto report = json::parse(read_file(folder / "run/report.json"));
  BOOST_TEST(report.at("n") == 3);
  const auto good = report.at("pieces")[1];
  BOOST_TEST(good.at("stem") == "good");
  BOOST_TEST(good.at("video").at("fps") == 25.0);
  BOOST_TEST(good.at("video").at("duration_s").get<double>() * 25 == good.at("video").at("frames").get<double>(),
             boost::test_tools::tolerance(1e-6));
  const auto labelled = run(
      {graph("check_data.toml"), "--root", root.string(), "--labelled_only", "--run-dir", "labelled", "--set", "clips.hold_out_share=0"},
      folder);
  BOOST_TEST(!holds(labelled.output, "  bare: "), labelled.output);
  BOOST_TEST(holds(labelled.output, "bare.mp4: has no labels"), labelled.output);
}

BOOST_AUTO_TEST_CASE(what_docs_data_sets_shows_is_understood) {
  const auto folder = fresh_folder("data-sets");
  for (const char* name : {"graphs", "configs"}) fs::create_directory_symlink(source_folder() / name, folder / name);
  for (const char* split : {"train", "test"}) link(sample_set() / split, folder / "my" / split);
  tivit::notes::write_midi(folder / "found.mid", {{{0.5, 1, 60, 80}}});
  write(folder / "played.txt", "0.5 1 60\n");
  tivit::data::write_npz(folder / "in.npz", {{{"roll", at::zeros({2, 88})}}, {}});
  fs::copy_file(some_weights(), folder / "best.safetensors");
  const auto row = [](at::ScalarType type) { return at::zeros({1, 88}, type); };
  tivit::data::write_npz(folder / "batch.npz", {{{"batch.frames", at::zeros({1, 8, 64, 648})},
                                                 {"batch.background", at::zeros({1, 64, 648})},
                                                 {"batch.keys.centre", row(at::kFloat)},
                                                 {"batch.keys.pitch_class", row(at::kLong)},
                                                 {"batch.keys.black", row(at::kBool)},
                                                 {"batch.keys.mask", row(at::kBool).logical_not()}},
                                                {}});
  const auto page = read_file(source_folder() / "docs/data-sets.md");
  for (const auto& block : code_blocks(page))
    if (block.language == "py") {
      write(folder / "shown.py", block.text);
      BOOST_TEST(std::system(("cd '" + folder.string() + "' && /usr/bin/python3 shown.py").c_str()) == 0);
    }
  std::istringstream text(page);
  int commands = 0;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("tivit-run ")) continue;
    auto arguments = words_of(line.substr(10));
    if (arguments[0] == "graphs/check_data.toml" || arguments[0] == "graphs/score.toml")
      arguments.insert(arguments.end(), {"--run-dir", "run-" + std::to_string(commands)});
    else if (arguments[0].starts_with("graphs/") && arguments[0] != "graphs/apply.toml")
      arguments.push_back("--check");
    const auto outcome = run(arguments, folder);
    BOOST_TEST(outcome.code == 0, line + "\n" + outcome.output);
    ++commands;
  }
  BOOST_TEST(commands == 13);
  BOOST_TEST(tivit::data::read_npz(folder / "out.npz").arrays.has("active"));
  BOOST_TEST(tivit::data::read_npz(folder / "targets.npz").arrays.at("rolls.onset").size(0) == 100);
  BOOST_TEST(tivit::data::read_npz(folder / "logits.npz").arrays.at("logits.onset").size(2) == 88);
  BOOST_TEST(fs::exists(folder / "best.pt"));
}

/// What the earlier system's checker wrote of the OMAPS test set, from label files that hold as many notes as it counted.
BOOST_AUTO_TEST_CASE(figures_of_the_golden_metadata) {
  const auto golden = shared("golden/metadata/omaps_test.json");
  if (!golden) return;
  const auto wanted = json::parse(read_file(*golden));
  const auto folder = fresh_folder("golden-metadata");
  for (const auto& piece : wanted.at("pieces")) {
    const std::string stem = piece.at("stem");
    link(sample_set() / "test/010.mp4", folder / "OMAPS/test" / (stem + ".mp4"));
    const double end_s = piece.at("duration_sec");
    const int notes = piece.at("n_notes"), low = piece.at("pitch_min"), high = piece.at("pitch_max");
    std::string text;
    for (int i = 0; i < notes; ++i) {
      char row[96];
      std::snprintf(row, sizeof row, "%.9f\t%.17g\t%d\n", i * (end_s - 1) / notes, i + 1 < notes ? i * (end_s - 1) / notes + 0.5 : end_s,
                    i == 0   ? low
                    : i == 1 ? high
                             : low + i % (high - low + 1));
      text += row;
    }
    write(folder / "OMAPS/test" / (stem + ".txt"), text);
  }
  const auto outcome =
      run({graph("check_data.toml"), "--root", (folder / "OMAPS").string(), "--split", "test", "--run-dir", "run"}, folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  const auto found = json::parse(read_file(folder / "run/report.json"));
  BOOST_TEST(found.at("n") == wanted.at("n"));
  BOOST_TEST(found.at("split") == wanted.at("split"));
  BOOST_TEST_REQUIRE(found.at("pieces").size() == wanted.at("pieces").size());
  for (std::size_t i = 0; i < wanted.at("pieces").size(); ++i) {
    const auto &ours = found.at("pieces")[i], &theirs = wanted.at("pieces")[i];
    for (const char* key : {"stem", "n_notes", "duration_sec", "notes_per_sec", "pitch_min", "pitch_max", "has_video"})
      BOOST_TEST(ours.at(key) == theirs.at(key), key << " of " << theirs.at("stem"));
    for (const char* file : {"mp4", "txt"})
      BOOST_TEST(ours.at(file).get<std::string>().ends_with("OMAPS/" + theirs.at(file).get<std::string>()));
  }
  // The report is what recordings to calibrate on are drawn from.
  const auto split = run({graph("calibration_split.toml"), "run/report.json", "--to", "lists"}, folder);
  BOOST_TEST(split.code == 0, split.output);
}

BOOST_AUTO_TEST_SUITE_END()
