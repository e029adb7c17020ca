// data/clips: splits, pairing, what is left out and why, and random windows.
#include <cmath>
#include <fstream>
#include <stages/data/draws.hpp>
#include <stages/data/recordings.hpp>
#include <stages/labels/label_file.hpp>
#include <tests/data/open_clips.hpp>
#include <tests/shared_data.hpp>

#include <boost/test/unit_test.hpp>

using namespace tivit;
using namespace tivit::tests;

namespace {

/// A data set as OMAPS is laid out: 001 is a name in both splits.
fs::path omaps() {
  const auto root = tests::folder("omaps");
  fs::remove_all(root);
  const auto put = [&](const std::string& name, const std::string& content = "") { write_file(root / name, content); };
  for (const char* name : {"train/001.mp4", "train/002.MP4", "train/003.mp4", "train/deep/004.mp4", "train/005.webm", "test/001.mp4"})
    put(name, "video");
  put("train/001.txt", "0 1 60\n1 2 61\n");
  put("train/002.txt", "0 10 60\n");
  put("train/deep/004.txt", "# nothing\n");
  put("train/005.txt", "0 2 60\n");
  put("test/001.txt", "0 1 30\n");
  put("train/001.keyboard.toml", "corners = [[0, 0], [100, 0], [100, 20], [0, 20]]\n");
  put("train/readme.md");
  put("train/009.txt", "0 1 60\n");
  put("val.list", "  002 # the second\n\n# 003\n");
  return root;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clips)

BOOST_AUTO_TEST_CASE(a_split_is_its_folder_in_sorted_order) {
  const auto root = omaps();
  const auto train = open({{"root", text(root)}, {"split", text("train")}});
  BOOST_TEST(names(train.clips) == (Names{"001", "002", "003", "005", "004"}), boost::test_tools::per_element());
  BOOST_TEST(train.clips[0].labels == root / "train/001.txt");
  BOOST_TEST(train.clips[2].labels.empty());
  BOOST_TEST(train.clips[0].corners->points[2].y == 20);
  BOOST_TEST(!train.clips[1].corners);
  BOOST_TEST(train.clips[0].whole());
  BOOST_TEST(train.clips[0].split == "train");
  BOOST_TEST(train.skipped.find((root / "train/readme.md").string() + "\tis no video") != std::string::npos);
  BOOST_TEST(train.skipped.find((root / "train/009.txt").string() + "\tlabels of a video that is not here\n") != std::string::npos);
  BOOST_TEST(std::count(train.skipped.begin(), train.skipped.end(), '\n') == 2);
  write_file(root / "train/001.mid", "of another kind");
  BOOST_TEST(open({{"root", text(root)}, {"split", text("train")}})
                 .skipped.find((root / "train/001.mid").string() + "\tis not read: its video's labels are those of 001.txt\n") !=
             std::string::npos);
  const auto test = open({{"root", text(root)}, {"split", text("test")}});
  BOOST_TEST(names(test.clips) == (Names{"001"}), boost::test_tools::per_element());
  BOOST_TEST(test.clips[0].labels == root / "test/001.txt");
}

BOOST_AUTO_TEST_CASE(odd_names_cost_their_files_alone) {
  const auto root = omaps();
  write_file(root / "train/caf\xe9.mp4", "video");
  write_file(root / "train/two\nlines.md", "");
  write_file(root / "train/009.keyboard.toml", "");
  const auto train = open({{"root", text(root)}, {"split", text("train")}});
  BOOST_TEST(names(train.clips) == (Names{"001", "002", "003", "005", "004"}), boost::test_tools::per_element());
  for (const std::string line : {"caf\ufffd.mp4\"\tits name is not UTF-8; rename it\n", "two\\nlines.md\"\tis no video (",
                                 "009.keyboard.toml\tcorners of a video that is not here\n"})
    BOOST_TEST(train.skipped.find(line) != std::string::npos, line << " in " << train.skipped);
  write_file(root / "val.list",
             "\xef\xbb\xbf"
             "002\r\n");
  const Settings by_manifest{{"root", text(root)}, {"split", text("val")}, {"manifest.val", text(root / "val.list")}};
  BOOST_TEST(names(open(by_manifest).clips) == (Names{"002"}), boost::test_tools::per_element());
  BOOST_TEST(problem({{"files", list({(root / "train").string()})}}) == "this is a folder, not a video");
  BOOST_TEST(problem({{"files", list({(root / "train/001.mp4").string(), (root / "test/001.mp4").string()})}})
                 .starts_with("two videos have the name \"001\": "));
  BOOST_TEST(
      problem({{"root", text(root)}, {"split", text("train")}, {"only", list({"nothing"})}}).starts_with("split \"train\" has no clips"));
}

BOOST_AUTO_TEST_CASE(linked_folders_are_read_once_and_links_that_are_not_followed_are_named) {
  const auto root = omaps(), far = tests::folder("omaps_far");
  fs::remove_all(far);
  write_file(far / "takes/011.mp4", "video");
  write_file(far / "takes/011.txt", "0 1 60\n");
  write_file(far / "takes/notes.md", "");
  fs::create_directory_symlink(far / "takes", root / "train/a_player");
  fs::create_directory_symlink(far, root / "train/everybody");
  fs::create_directory_symlink("..", far / "takes/up");
  fs::create_directory_symlink("deep", root / "train/again");
  fs::create_directory_symlink("..", root / "train/set");
  fs::create_symlink("itself.mp4", root / "train/itself.mp4");
  const Settings settings{{"root", text(root)}, {"split", text("train")}};
  const auto train = open(settings);
  BOOST_TEST(names(train.clips) == (Names{"001", "002", "003", "005", "011", "004"}), boost::test_tools::per_element());
  BOOST_TEST(train.clips[4].video == root / "train/a_player/011.mp4");
  BOOST_TEST(train.clips[4].labels == root / "train/a_player/011.txt");
  const auto left_out = [&](const std::string& file) {
    const auto begin = train.skipped.find((root / file).string() + "\t");
    return begin == std::string::npos
               ? ""
               : train.skipped.substr(begin, train.skipped.find('\n', begin) - begin).substr((root / file).string().size() + 1);
  };
  for (const char* link : {"train/again", "train/everybody", "train/set", "train/a_player/up"})
    BOOST_TEST(left_out(link) == "is a link to a folder that is read already, holds one that is, is another split's, or cannot be read",
               link);
  BOOST_TEST(left_out("train/a_player/notes.md").starts_with("is no video"));
  BOOST_TEST(left_out("train/itself.mp4") == "is no file that can be read");
  BOOST_TEST(train.skipped.find("test/") == std::string::npos);
  BOOST_TEST(
      names(open({{"root", text(root)}, {"split", text("train")}, {"recursive", {false}}}).clips) == (Names{"001", "002", "003", "005"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(validation_is_a_part_of_train_that_training_never_sees) {
  const auto root = omaps();
  const Settings by_manifest{{"root", text(root)}, {"manifest.val", text(root / "val.list")}};
  const auto with = [](Settings settings, const std::string& name, const ParameterValue& value) {
    settings.emplace_back(name, value);
    return settings;
  };
  BOOST_TEST(names(open(with(by_manifest, "split", text("val"))).clips) == (Names{"002"}), boost::test_tools::per_element());
  const auto train = open(with(by_manifest, "split", text("train")));
  BOOST_TEST(names(train.clips) == (Names{"001", "003", "005", "004"}), boost::test_tools::per_element());
  BOOST_TEST(train.skipped.find((root / "train/002.MP4").string() + "\tnamed by the manifest of split \"val\"\n") != std::string::npos);
  const Settings by_pattern{{"root", text(root)}, {"hold_out", list({"00[13]"})}};
  BOOST_TEST(names(open(with(by_pattern, "split", text("val"))).clips) == (Names{"001", "003"}), boost::test_tools::per_element());
  BOOST_TEST(names(open(with(by_pattern, "split", text("train"))).clips) == (Names{"002", "005", "004"}), boost::test_tools::per_element());
  BOOST_TEST(names(open(with(by_pattern, "split", text("test"))).clips) == (Names{"001"}), boost::test_tools::per_element());
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("val")}}) == "split \"val\" has neither a folder val/ nor a part of train");
  write_file(root / "train.list", "001\n002\n");
  BOOST_TEST(problem(with(with(by_manifest, "manifest.train", text(root / "train.list")), "split", text("train"))) ==
             "\"002\" is in the manifests of both \"train\" and \"val\"");
}

BOOST_AUTO_TEST_CASE(filters_leave_out_and_say_why) {
  const auto root = omaps();
  const auto some = open(
      {{"root", text(root)}, {"split", text("train")}, {"require_labels", {true}}, {"exclude", list({"001"})}, {"max_clips", number(1)}});
  BOOST_TEST(names(some.clips) == (Names{"002"}), boost::test_tools::per_element());
  for (const char* line :
       {"001.mp4\tmatches a pattern of \"exclude\"", "003.mp4\tcomes after max_clips", "005.webm\tcomes after max_clips"})
    BOOST_TEST(some.skipped.find(line) != std::string::npos, line);
  const auto labelled = open({{"root", text(root)}, {"split", text("train")}, {"require_labels", {true}}});
  BOOST_TEST(names(labelled.clips) == (Names{"001", "002", "005"}), boost::test_tools::per_element());
  BOOST_TEST(labelled.skipped.find("003.mp4\thas no labels\n") != std::string::npos);
  BOOST_TEST(labelled.skipped.find("004.mp4\tits labels hold no notes\n") != std::string::npos);
  BOOST_TEST(
      names(open({{"root", text(root)}, {"split", text("train")}, {"recursive", {false}}, {"only", list({"00[24]", "003"})}}).clips) ==
          (Names{"002", "003"}),
      boost::test_tools::per_element());
  fs::remove(root / "train/005.txt");
  write_file(root / "train/005.mid", "no MIDI");
  BOOST_TEST(open({{"root", text(root)}, {"split", text("train")}, {"require_labels", {true}}})
                 .skipped.find("005.webm\t" + (root / "train/005.mid").string()) != std::string::npos);
  write_file(root / "train/deep/001.mp4", "another");
  BOOST_TEST(open({{"root", text(root)}, {"split", text("train")}})
                 .skipped.find("deep/001.mp4\thas the same name as " + (root / "train/001.mp4").string()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(letter_case_of_an_extension_does_not_matter) {
  const auto root = tests::folder("letters");
  fs::remove_all(root);
  for (const char* name : {"train/a.MP4", "train/b.Mp4", "train/c.mp4", "train/d.MKV"}) write_file(root / name, "video");
  for (const char* name : {"train/a.TXT", "train/b.MID", "train/d.txt", "train/d.TXT", "train/e.TXT"}) write_file(root / name, "0 1 60\n");
  write_file(root / "train/c.Tsv", "onset\toffset\tnote\n0\t1\t60\n");
  const auto train = open({{"root", text(root)}, {"split", text("train")}});
  BOOST_TEST(names(train.clips) == (Names{"a", "b", "c", "d"}), boost::test_tools::per_element());
  const char* labels[] = {"a.TXT", "b.MID", "c.Tsv", "d.txt"};
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(train.clips[i].labels == root / "train" / labels[i]);
  for (const char* line : {"d.TXT\tis not read: its video's labels are those of d.txt\n", "e.TXT\tlabels of a video that is not here\n"})
    BOOST_TEST(train.skipped.find((root / "train" / line).string()) != std::string::npos, train.skipped);
  // What the parameters say may be written either way, too.
  const auto shouted =
      open({{"root", text(root)}, {"split", text("train")}, {"extensions", list({".MP4"})}, {"label_extensions", list({".TXT"})}});
  BOOST_TEST(names(shouted.clips) == (Names{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(shouted.clips[0].labels == root / "train/a.TXT");
  // A table is a table, however its name is written.
  BOOST_TEST(labels::load_labels(root / "train/c.Tsv").notes.list.size() == 1u);
  // Labels of one folder that two splits could claim are refused, in any case.
  write_file(root / "test/a.mP4", "video");
  write_file(root / "labels/a.txt", "0 1 60\n");
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("train")}, {"annotations_root", text(root / "labels")}})
                 .find("these labels could belong to two recordings: \"a\"") == 0u);
}

BOOST_AUTO_TEST_CASE(labels_of_one_split_never_serve_another) {
  const auto root = omaps();
  write_file(root / "labels/001.txt", "0 1 99\n");
  const Settings flat{{"root", text(root)}, {"split", text("train")}, {"annotations_root", text(root / "labels")}};
  BOOST_TEST(problem(flat) == "these labels could belong to two recordings: \"001\" is a name in split \"train\" and in \"test\"");
  write_file(root / "labels/train/001.txt", "0 1 98\n");
  BOOST_TEST(open(flat).clips[0].labels == root / "labels/train/001.txt");
}

BOOST_AUTO_TEST_CASE(mistakes_are_named) {
  const auto root = omaps();
  BOOST_TEST(problem({}) == "there is nothing to read");
  BOOST_TEST(problem({{"root", text(root / "nowhere")}}) == "the data set's folder does not exist");
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("trian")}}) == "split \"trian\" has no folder");
  const auto faults =
      Registry::instance().find("data/clips").faults([&](const auto& set) { set("root", text(root)), set("split", text("trian")); }, {});
  BOOST_TEST(faults.list().at(0).first == "split");  // whose place in the text is shown
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("test")}, {"only", list({"x*"})}})
                 .starts_with("split \"test\" has no clips; the first file left out: "));
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("test")}, {"manifest.test", text(root / "none.list")}}) ==
             "the manifest does not exist");
  BOOST_CHECK_EXCEPTION(open({{"root", text(root)}, {"split", text("test")}, {"exclude_list", text("low.list")}}), Error,
                        [&](const Error& e) {
                          BOOST_TEST(e.what() == (root / "low.list").string() +
                                                     ": the list of recordings to leave out does not exist; write their names there, one a "
                                                     "line, or do without it: exclude_list = \"\"");
                          return true;
                        });
  BOOST_TEST(problem({{"files", list({root / "none.mp4"})}}) == "the video does not exist");
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("test")}, {"corners", {ParameterValue::List(7, {1.0})}}}) ==
             "there are 7 numbers");
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("train")}, {"draws_per_epoch", number(3)}}) ==
             "random windows need a time grid of their own");
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("train")}, {"draws_per_epoch", number(3)}, {"frame_times.rate", number(30)}}) ==
             "the length of this recording is not known");
  write_file(root / "bad.tsv", "name\tx0\tlength\n001\t5\tlong\n");
  BOOST_CHECK_EXCEPTION(open({{"root", text(root)},
                              {"split", text("train")},
                              {"table", text("bad.tsv")},
                              {"columns.corners", list({})},
                              {"columns.duration", text("length")}}),
                        Error, [&](const Error& e) {
                          return e.where() == (root / "bad.tsv").string() + ":2:7" && e.problem() == "\"long\" is not a number";
                        });
  BOOST_TEST(problem({{"root", text(root)}, {"split", text("train")}, {"table", text("bad.tsv")}}) == "there is no column \"y0\"");
}

BOOST_AUTO_TEST_CASE(files_are_read_as_they_are_named) {
  const auto root = omaps();
  ParameterValue::List corners;
  for (const double value : {0, 0, 50, 0, 50, 10, 0, 10}) corners.push_back({value});
  const auto some = open({{"files", list({root / "train/003.mp4", root / "test/001.mp4"})}, {"corners", {corners}}});
  BOOST_TEST(names(some.clips) == (Names{"003", "001"}), boost::test_tools::per_element());
  BOOST_TEST(some.clips[0].corners->points[1].x == 50);
  BOOST_TEST(some.clips[1].labels == root / "test/001.txt");
}

BOOST_AUTO_TEST_CASE(draws_depend_on_seed_epoch_and_number_alone) {
  const auto root = omaps();
  const Settings settings{{"root", text(root)},
                          {"split", text("train")},
                          {"require_labels", {true}},
                          {"frame_times.rate", number(30)},
                          {"draws_per_epoch", number(40)},
                          {"rows", number(50)}};
  const auto key = [](const Opened& opened) {
    std::string out;
    for (const auto& clip : opened.clips) out += clip.name + ":" + std::to_string(clip.first_row) + " ";
    return out;
  };
  const auto first = open(settings);
  BOOST_TEST(first.clips.size() == 40);
  BOOST_TEST(key(first) == key(open(settings)));
  BOOST_TEST(key(first) != key(open(settings, 1)));
  BOOST_TEST(key(first) != key(open(settings, 0, 2)));
  std::set<std::string> drawn;
  for (std::size_t i = 0; i < first.clips.size(); ++i) {
    const auto& clip = first.clips[i];
    drawn.insert(clip.name);
    const std::int64_t total = clip.name == "002" ? 300 : 60;
    BOOST_TEST(clip.rows == 50);
    BOOST_TEST((clip.first_row >= 0 && clip.first_row + clip.rows <= total));
    BOOST_TEST(first.sources[i].begin_s == static_cast<double>(clip.first_row) / 30);
  }
  BOOST_TEST(drawn.size() == 3);
}

BOOST_AUTO_TEST_CASE(recordings_are_drawn_as_often_as_their_weight_says) {
  const std::vector<data::Recording> recordings{{10, 7, 200}, {30, 81, 600}, {20, 0, 400}, {1, 3, 20}};
  std::vector<double> weight;
  double total = 0;
  for (const auto& r : recordings) total += weight.emplace_back(r.length_s * std::sqrt(static_cast<double>(r.notes) / r.length_s + 0.3));
  const data::Draws draws(recordings, 32, "density");
  std::vector<int> count(4);
  std::vector<int> starts(169);
  const int n = 100000;
  for (int i = 0; i < n; ++i) {
    const auto draw = draws.draw(static_cast<std::uint64_t>(i) * 7919);
    ++count[draw.recording];
    if (draw.recording == 0) ++starts[static_cast<std::size_t>(draw.first_row)];
    if (draw.recording == 3) BOOST_REQUIRE((draw.first_row == 0 && draw.rows == 20));
  }
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(std::abs(count[i] / double(n) - weight[i] / total) < 0.006);
  const double expected = count[0] / 169.0;
  for (const int seen : starts) BOOST_TEST(std::abs(seen - expected) < 6 * std::sqrt(expected));
}

BOOST_AUTO_TEST_CASE(the_real_clips_are_read_with_their_table) {
  const auto root = tests::shared("data/mta");
  if (!root) return;
  const Settings mta{{"root", text(*root)},
                     {"table", text("clips.tsv")},
                     {"columns.duration", text("duration_s")},
                     {"hold_out", list({"train_p3_*"})},
                     {"frame_times.rate", number(20)},
                     {"frame_times.from_fps", number(30)},
                     {"frame_times.offset", {0.013}}};
  const auto split = [&](const std::string& name) {
    auto settings = mta;
    settings.emplace_back("split", text(name));
    return open(settings).clips;
  };
  const auto test = split("test"), train = split("train"), val = split("val");
  BOOST_TEST(names(test) == (Names{"test_V10", "test_V2", "test_V3", "test_V6", "test_V8"}), boost::test_tools::per_element());
  BOOST_TEST(train.size() == 25);
  BOOST_TEST(names(val) == (Names{"train_p3_2", "train_p3_3"}), boost::test_tools::per_element());
  BOOST_TEST(test[0].corners->points[0].x == 646.7);
  BOOST_TEST(test[0].duration_s == 25.1);
  BOOST_TEST(test[0].frame_times.offset_s == 0.013);
  for (const auto& clip : train) BOOST_TEST((clip.corners && !clip.labels.empty()), clip.name);
}

BOOST_AUTO_TEST_CASE(label_shifts_come_from_the_table_or_from_a_file_of_their_own) {
  const auto root = omaps();
  fs::remove(root / "test/001.mp4");
  write_file(root / "clips.tsv", "name\tshift\n001\t+0.125\n002\t-0.25\n003\t\n");
  write_file(root / "lags.tsv", "name\tlabel_shift_s\tverdict\n002\t0.0625\tfound\n");
  Settings settings{{"root", text(root)},
                    {"split", text("train")},
                    {"table", text("clips.tsv")},
                    {"columns.corners", list({})},
                    {"columns.label_shift", text("shift")}};
  const auto shifts = [&] {
    std::vector<double> out;
    for (const auto& clip : open(settings).clips) out.push_back(clip.label_shift_s);
    return out;
  };
  BOOST_TEST(shifts() == (std::vector<double>{0.125, -0.25, 0, 0, 0}), boost::test_tools::per_element());
  settings.emplace_back("label_shifts", text(root / "lags.tsv"));
  BOOST_TEST(shifts() == (std::vector<double>{0.125, 0.0625, 0, 0, 0}), boost::test_tools::per_element());
  // A file of shifts may be for other splits, too; what it names must be there.
  write_file(root / "test/047.mp4", "video");
  write_file(root / "lags.tsv", "name\tlabel_shift_s\n047\t1\n002\t0.0625\n");
  BOOST_TEST(shifts() == (std::vector<double>{0.125, 0.0625, 0, 0, 0}), boost::test_tools::per_element());
  write_file(root / "lags.tsv", "name\tlabel_shift_s\n002\t0.5\nelsewhere\t1\n046\t1\n");
  BOOST_CHECK_EXCEPTION(open(settings), Error, [&](const Error& e) {
    BOOST_TEST(e.what() == (root / "lags.tsv").string() +
                               ":3:1: no recording of the data set is called \"046\" (near \"047\"), \"elsewhere\"; "
                               "correct the names, or take their rows out");
    return true;
  });
  Settings of_files{{"files", list({root / "train/001.mp4"})}, {"label_shifts", text(root / "lags.tsv")}};
  BOOST_TEST(problem(of_files).starts_with("no recording of the data set is called \"002\""));
  write_file(root / "lags.tsv", "name\tlabel_shift_s\n001\t0.5\nelsewhere\t1\n");
  BOOST_TEST(open(of_files).clips[0].label_shift_s == 0.5);
  write_file(root / "lags.tsv", "name\tlabel_shift_s\n002\tsoon\n");
  BOOST_TEST(problem(settings) == "\"soon\" is not a number");
  write_file(root / "lags.tsv", "name\tlabel_shift_s\n002\t1e9\n");
  BOOST_TEST(problem(settings) == "the label shift 1e9 s is more than a day");
  // Between quotation marks a name's blanks are its own.
  write_file(root / "train/ 007.mp4", "video");
  write_file(root / "lags.tsv", "name\tlabel_shift_s\n\" 007\"\t0.5\n  002  \t0.25\n");
  BOOST_TEST(shifts() == (std::vector<double>{0.5, 0.125, 0.25, 0, 0, 0}), boost::test_tools::per_element());
  fs::remove(root / "train/ 007.mp4");
  write_file(root / "lags.tsv", "name\tlag_ms\n");
  BOOST_TEST(problem(settings) == "there is no column \"label_shift_s\"");
  settings.back() = {"label_shifts", text(root / "nowhere.tsv")};
  BOOST_CHECK_EXCEPTION(open(settings), Error,
                        [](const Error& e) { return std::string(e.what()).find("nowhere.tsv") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(labels_without_a_note_that_can_be_read_are_named) {
  data::Clip clip;
  clip.labels = tests::folder("labels_without_a_note") / "film.txt";
  const auto refused = [&](const std::string& labels) {
    write_file(clip.labels, labels);
    std::vector<data::Clip> clips{clip};
    try {
      data::measure(clips, 30);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::string file = clip.labels.string(),
                    begin = file + ": no note can be read from these labels, so the length of their recording is not known",
                    end = "; correct them, leave the recording out with `exclude`, or give a table with columns.duration";
  BOOST_TEST(refused("") == begin + end);
  BOOST_TEST(refused("0.1\t0.5\tnan\n") == begin + ": \"nan\" is not a number (" + file + ":1:9)" + end);
  BOOST_TEST(refused("0.1\t0.5\t60\n") == "");
}

BOOST_AUTO_TEST_SUITE_END()
