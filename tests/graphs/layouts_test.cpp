// Data sets as others lay them out, read by the configurations in configs/data. Each is made here of real videos and MIDI files.
#include "layouts.hpp"

#include <ATen/ops/equal.h>
#include <stages/data/npz.hpp>
#include <tests/shared_data.hpp>

#include "tests/holds.hpp"

namespace {
using namespace tivit::tests;
using Names = std::vector<std::string>;

/// The strips that a graph saved, in order.
std::vector<at::Tensor> strips_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<at::Tensor> strips;
  for (const auto& file : files) strips.push_back(tivit::data::read_npz(file).arrays.at("strips"));
  return strips;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layouts)

BOOST_AUTO_TEST_CASE(pianoyt) {
  const auto film = shared("data/other_cameras/uel_scarlatti.mp4"), midi = shared("data/midi");
  if (!film || !midi) return;
  const auto root = fresh_folder("pianoyt");
  const auto music = midi_files(*midi);
  int used = 0;
  for (const char* name : {"train/video_1.0.mp4", "train/video_2.0.mp4", "train/video_3.0.mkv", "train/video_4.0.mp4",
                           "train/video_5.0.webm", "train/video_77.0.mp4", "test/video_6.0.mp4", "train/holiday.mp4"})
    link(*film, root / name);
  for (const char* name : {"train/audio_1.0.midi", "train/audio_2.0.midi", "train/audio_4.0.midi", "train/audio_5.0.midi",
                           "train/audio_77.0.midi", "test/audio_6.0.midi", "train/audio_8.0.midi"})
    link(music[static_cast<std::size_t>(used++)].file, root / name);
  write(root / "splits/train.txt", "video_1.0\n2\nvideo_3\n4.0\n# 5 is for validation\n9\n");
  write(root / "splits/val.txt", "5\n");
  write(root / "splits/test.txt", "video_6.0.mp4\n");
  write(root / "metadata/excluded_low.txt", "4\n");
  write(root / "metadata/pianoyt.csv", "1,174,240,73,592\n2,,,,\n5,174,240,73,592\n6,174,240,73,592\n");

  const auto train = read_set("pianoyt", root, "train");
  BOOST_TEST_REQUIRE(train.outcome.code == 0, train.outcome.output);
  BOOST_TEST(train.names == (Names{"1", "2"}), boost::test_tools::per_element());
  BOOST_TEST(train.notes.at("1") == music[0].notes);
  BOOST_TEST(train.notes.at("2") == music[1].notes);
  for (const char* line :
       {"video_3.0.mkv\thas no labels", "video_4.0.mp4\tis in exclude_list", "video_5.0.webm\tnot in the manifest of its split",
        "video_77.0.mp4\tnot in the manifest of its split", "holiday.mp4\tits name fits none of \"video_{}.0\", \"video_{}\", \"{}.0\"",
        "splits/train.txt\tnames \"9\", which is no video here", "audio_8.0.midi\tlabels of a video that is not here"})
    BOOST_TEST(holds(train.skipped, line), line << "\n" << train.skipped);
  BOOST_TEST(read_set("pianoyt", root, "val").names == (Names{"5"}), boost::test_tools::per_element());
  BOOST_TEST(read_set("pianoyt", root, "test").names == (Names{"6"}), boost::test_tools::per_element());

  fs::remove(root / "test/audio_6.0.midi");
  tivit::notes::write_midi(root / "test/audio_6.0.midi", first_notes(music[6].file, 40));
  // The box is the keyboard, upright: the same strips as with these corners on the command line.
  const auto boxed = read_strips("pianoyt", root, {"--set", "clips.split=test"});
  BOOST_TEST_REQUIRE(boxed.outcome.code == 0, boxed.outcome.output);
  const auto given =
      read_strips("pianoyt", root,
                  {"--set", "clips.split=test", "--set", "clips.table=", "--set", "clips.corners=[73, 174, 592, 174, 592, 240, 73, 240]"});
  BOOST_TEST_REQUIRE(given.outcome.code == 0, given.outcome.output);
  const auto one = strips_in(boxed.strips), other = strips_in(given.strips);
  BOOST_TEST_REQUIRE(one.size() == 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_TEST(at::equal(one[i], other[i]));
    BOOST_TEST(one[i].size(0) == 24);
  }
  const auto without = read_strips("pianoyt", root, {"--set", "clips.only=[\"2\"]"});
  BOOST_TEST(without.outcome.code == 3, without.outcome.output);
  BOOST_TEST(holds(without.outcome.output, "clip \"2\" does not say where its keyboard lies"), without.outcome.output);

  write(root / "metadata/pianoyt.csv", "1,240,174,73,592\n");
  BOOST_TEST(holds(read_set("pianoyt", root, "train").outcome.output, "pianoyt.csv:1:11: the box ends before it begins"));
  fs::remove(root / "metadata/pianoyt.csv");
  fs::remove(root / "splits/val.txt");
  BOOST_TEST(
      holds(read_set("pianoyt", root, "val", {"--set", "clips.table="}).outcome.output, "splits/val.txt: the manifest does not exist"));
  fs::remove(root / "metadata/excluded_low.txt");
  const auto no_list = read_set("pianoyt", root, "test", {"--set", "clips.table="}).outcome;
  BOOST_TEST(no_list.code == 2);
  BOOST_TEST(holds(no_list.output, "stage \"clips\", parameter \"exclude_list\": " + (root / "metadata/excluded_low.txt").string() +
                                       ": the list of recordings to leave out does not exist; write their names there, one a line, or do "
                                       "without it: exclude_list = \"\""),
             no_list.output);
  BOOST_TEST(read_set("pianoyt", root, "test", {"--set", "clips.table=", "--set", "clips.exclude_list="}).names == (Names{"6"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(pianovam) {
  const auto film = shared("data/other_cameras/uel_scarlatti.mp4"), midi = shared("data/midi");
  if (!film || !midi) return;
  const auto root = fresh_folder("pianovam");
  const auto music = midi_files(*midi);
  const std::vector<std::string> takes{"2024-02-14_19-10-09", "2024-02-15_20-07-54", "2024-09-02_14-10-41", "2024-09-04_16-13-44",
                                       "2024-09-05_13-25-10"};
  const fs::path fast = film_at(*film, 60, root / "film");
  for (std::size_t i = 0; i < takes.size(); ++i) {
    link(fast, root / "Video" / (takes[i] + ".mp4"));
    link(music[i].file, root / "MIDI" / (takes[i] + ".mid"));
    write(root / "TSV" / (takes[i] + ".tsv"),
          note_table(i == 3 ? first_notes(music[i].file, 2.9) : first_notes(music[i].file, 1e6), i != 1));
  }
  link(fast, root / "Video/2024-02-16_14-41-07.mp4");
  const std::string points =
      R"("Point_LT": "73.6, 174.3", "Point_RT": "590.7, 174.5", "Point_RB": "592.2, 240.0", "Point_LB": "72.5, 236.9")";
  std::string metadata;
  const char* splits[] = {"train", "ext-train", "valid", "test", "special"};
  for (std::size_t i = 0; i < takes.size(); ++i)
    metadata += (i ? ",\n" : "{\n") + ("\"" + std::to_string(i)) + "\": {\"record_time\": \"" + takes[i] + "\", \"split\": \"" + splits[i] +
                "\", " + points + "}";
  write(root / "metadata.json", metadata + "\n}\n");

  const auto train = read_set("pianovam", root, "train");
  BOOST_TEST_REQUIRE(train.outcome.code == 0, train.outcome.output);
  BOOST_TEST(train.names == (Names{takes[0]}), boost::test_tools::per_element());
  BOOST_TEST(train.notes.at(takes[0]) == music[0].notes);
  BOOST_TEST(holds(train.skipped, takes[4] + ".mp4\tis split \"special\" in the table"), train.skipped);
  BOOST_TEST(holds(train.skipped, "2024-02-16_14-41-07.mp4\tthe table has no row for it"), train.skipped);
  const auto more = read_set("pianovam", root, "train", {"--set", "clips.splits.train=[\"train\", \"ext-train\"]"});
  BOOST_TEST(more.names == (Names{takes[0], takes[1]}), boost::test_tools::per_element());
  BOOST_TEST(more.notes.at(takes[1]) == music[1].notes);  // without a header: the fourth of five columns
  BOOST_TEST(read_set("pianovam", root, "val").names == (Names{takes[2]}), boost::test_tools::per_element());
  BOOST_TEST(read_set("pianovam", root, "test").names == (Names{takes[3]}), boost::test_tools::per_element());

  // 60 frames a second, of which every second one is read: 24 rows are 0.8 s of the film.
  const auto strips = read_strips("pianovam", root, {"--set", "clips.split=test"});
  BOOST_TEST_REQUIRE(strips.outcome.code == 0, strips.outcome.output);
  const auto direct = read_strips(
      "pianovam", root, {"--set", "clips.split=test", "--set", "clips.corners=[73.6, 174.3, 590.7, 174.5, 592.2, 240, 72.5, 236.9]"});
  for (std::size_t i = 0; i < 2; ++i) BOOST_TEST(at::equal(strips_in(strips.strips)[i], strips_in(direct.strips)[i]));

  write(root / "metadata.json", "[{\"record_time\": \"x\", \"split\": \"train\", \"Point_LT\": \"1, 2\"}]");
  BOOST_TEST(holds(read_set("pianovam", root, "train").outcome.output, "there is no column \"Point_RT\""));
  write(root / "metadata.json", "{\n\"0\": oops}");
  BOOST_TEST(holds(read_set("pianovam", root, "train").outcome.output, "metadata.json:2:6: the table is no JSON"));
}

BOOST_AUTO_TEST_CASE(r3) {
  const auto film = shared("data/mta/test/test_V3.wmv"), midi = shared("data/midi");
  if (!film || !midi) return;
  const auto root = fresh_folder("r3");
  std::map<std::string, int> expected;
  for (const auto& one : midi_files(*midi)) {
    const auto name = one.file.stem().string();
    if (!name.starts_with("rach3__")) continue;
    const auto take = name.substr(7, 9) + "/" + name.substr(17);
    link(*film, root / (take + ".wmv"));
    link(one.file, root / (take + ".mid"));
    expected[take] = one.notes;
  }
  BOOST_TEST_REQUIRE(expected.size() == 12u);
  std::map<std::string, int> seen;
  for (const char* split : {"train", "val", "test"}) {
    const auto part = read_set("r3", root, split);
    BOOST_TEST_REQUIRE(part.outcome.code == 0, part.outcome.output);
    BOOST_TEST(!part.names.empty());
    for (const auto& name : part.names) {
      BOOST_TEST(name.starts_with("Pianist_2") == (split == std::string("test")), name);
      BOOST_TEST(seen.emplace(name, part.notes.at(name)).second, name);
    }
  }
  BOOST_TEST((seen == expected));
  write(root / "Pianist_1/2021-01-07_09-00_01_mozart_var.keyboard.toml", "corners = [[646, 177], [5, 165], [4, 87], [651, 97]]\n");
  fs::remove(root / "Pianist_1/2021-01-07_09-00_01_mozart_var.mid");
  tivit::notes::write_midi(root / "Pianist_1/2021-01-07_09-00_01_mozart_var.mid", first_notes(midi_files(*midi)[30].file, 45));
  const auto strips = read_strips("r3", root, {"--set", "clips.only=[\"*/2021-01-07*\"]", "--set", "clips.hold_out_share=0"});
  BOOST_TEST_REQUIRE(strips.outcome.code == 0, strips.outcome.output);
  BOOST_TEST(strips_in(strips.strips)[0].size(0) == 24);
}

BOOST_AUTO_TEST_CASE(pairs_of_videos_and_midi_files) {
  const auto film = shared("data/other_cameras/uel_scarlatti.mp4"), midi = shared("data/midi");
  if (!film || !midi) return;
  const auto root = fresh_folder("pairs");
  std::map<std::string, int> expected, seen;
  for (const auto& one : midi_files(*midi)) {
    const auto stem = one.file.stem().string();
    const bool shouted = expected.size() % 2;  // as cameras and other systems write names
    link(*film, root / (stem + (shouted ? ".MP4" : ".mp4")));
    link(one.file, root / (stem + (shouted ? ".MID" : ".mid")));
    expected[stem] = one.notes;
  }
  BOOST_TEST(expected.size() == 66u);
  std::size_t held_out = 0;
  for (const char* split : {"train", "val"}) {
    const auto part = read_set("pairs", root, split);
    BOOST_TEST_REQUIRE(part.outcome.code == 0, part.outcome.output);
    for (const auto& [name, notes] : part.notes) BOOST_TEST(seen.emplace(name, notes).second, name);
    held_out = part.names.size();
  }
  BOOST_TEST((seen == expected));
  BOOST_TEST((held_out >= 1 && held_out <= 15), held_out);
  BOOST_TEST(holds(read_set("pairs", root, "test").outcome.output, "nothing says which of the videos are split \"test\""));
}

BOOST_AUTO_TEST_CASE(a_folder_without_val_is_trained_on_as_it_is) {
  const auto root = fresh_folder("no-val");
  for (const char* split : {"train", "test"}) link(sample_set() / split, root / split);
  const auto folder = fresh_folder("no-val-run");
  const auto train = [&](const std::string& name, const std::vector<std::string>& more) {
    return run(short_training(folder / name) +
                   std::vector<std::string>{"--set", "clips.root=" + root.string(), "--set", "epochs=1", "--set", "draws=8"} + more,
               folder);
  };
  const auto validated = train("validated", {});
  BOOST_TEST_REQUIRE(validated.code == 0, validated.output);
  const auto held_out = [&] {
    int count = 0;
    std::istringstream lines(read_file(folder / "validated/skipped_files.tsv"));
    for (std::string line; std::getline(lines, line);) count += line.ends_with("\theld out for split \"val\"");
    return count;
  }();
  BOOST_TEST(held_out >= 1);
  const auto metrics = read_json_lines(folder / "validated/metrics.jsonl");
  const auto scores = std::find_if(metrics.begin(), metrics.end(), [](const auto& line) { return line["event"] == "eval"; });
  BOOST_TEST_REQUIRE((scores != metrics.end()));
  BOOST_TEST((*scores)["recordings"] == held_out);

  const auto alone = train("alone", {"--set", "validate_every=never", "--set", "clips.hold_out_share=0"});
  BOOST_TEST_REQUIRE(alone.code == 0, alone.output);
  for (const auto& line : read_json_lines(folder / "alone/metrics.jsonl")) BOOST_TEST(line["event"] != "eval");
  BOOST_TEST((read_file(folder / "alone/checkpoints/best.safetensors") == read_file(folder / "alone/checkpoints/last.safetensors")));

  const auto neither = train("neither", {"--set", "clips.hold_out_share=0"});
  BOOST_TEST(neither.code == 2, neither.output);
  BOOST_TEST(neither.output.find("validate on another split or not at all (train.toml: --set validate=test, --set validate_every=never)") !=
                 std::string::npos,
             neither.output);
  const auto wrong = train("wrong", {"--set", "validate_every=sometimes"});
  BOOST_TEST(wrong.code == 2, wrong.output);
  BOOST_TEST(wrong.output.find("\"every\" is \"epoch\", \"run\" or \"never\", not \"sometimes\"") != std::string::npos, wrong.output);
}

BOOST_AUTO_TEST_SUITE_END()
