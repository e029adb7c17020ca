// How data/clips finds its way in folders of other layouts: names, lists, tables, parts of one folder.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <set>
#include <sstream>
#include <stages/data/hold_out.hpp>
#include <stages/data/name_patterns.hpp>
#include <stages/data/table.hpp>
#include <tests/data/open_clips.hpp>

#include "tests/holds.hpp"

using namespace tivit;
using namespace tivit::tests;

namespace {

fs::path set_of(const std::vector<std::string>& files) {
  const auto root = tests::folder("layouts");
  fs::remove_all(root);
  for (const auto& file : files) write_file(root / file, file.ends_with(".txt") ? "0 1 60\n" : "video");
  return root;
}

Settings settings(const fs::path& root, const std::string& split, const Settings& more) {
  Settings all{{"root", text(root)}, {"split", text(split)}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string error(const Settings& all) {
  try {
    open(all);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Settings operator+(Settings one, const Settings& more) {
  one.insert(one.end(), more.begin(), more.end());
  return one;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layouts)

BOOST_AUTO_TEST_CASE(patterns_give_names_and_names_give_files) {
  const data::NamePatterns youtube({"video_{}.0", "video_{}"}, "names");
  BOOST_TEST(*youtube.name_of("video_220.0") == "220");
  BOOST_TEST(*youtube.name_of("deep/video_7") == "7");
  BOOST_TEST(!youtube.name_of("audio_220.0"));
  BOOST_TEST(youtube.files_of("3") == (Names{"video_3.0", "video_3"}), boost::test_tools::per_element());
  const data::NamePatterns paths({"/{}"}, "names");
  BOOST_TEST(*paths.name_of("Pianist_1/take") == "Pianist_1/take");
  const data::NamePatterns camera({"*/{}/camera_*"}, "names");
  BOOST_TEST(*camera.name_of("2024/monday/camera_2") == "monday");
  BOOST_TEST(!camera.name_of("monday/camera_2"));
  const data::NamePatterns odd({"a+b({})"}, "names");  // nothing but * and {} means anything
  BOOST_TEST(*odd.name_of("a+b(c)") == "c");
  BOOST_CHECK_EXCEPTION(data::NamePatterns({"video_{}_{}"}, "names"), Error,
                        [](const Error& e) { return e.problem() == "names has the pattern \"video_{}_{}\""; });
  BOOST_CHECK_THROW(data::NamePatterns({"video"}, "names"), Error);
  BOOST_CHECK_THROW(data::NamePatterns({}, "names"), Error);
}

BOOST_AUTO_TEST_CASE(the_part_held_out_is_about_its_share_and_stays_what_it_is) {
  const auto held_out = [](const Names& names, double share, std::int64_t seed) {
    return data::held_out(names, share, seed, [](const std::string&) { return true; });
  };
  Names names;
  for (int i = 0; i < 1000; ++i) names.push_back("clip " + std::to_string(i));
  const auto tenth = held_out(names, 0.1, 0);
  BOOST_TEST((tenth.size() > 70 && tenth.size() < 130));
  const Names half(names.begin(), names.begin() + 500);
  for (const auto& name : held_out(half, 0.1, 0)) BOOST_TEST(tenth.contains(name));
  for (const auto& name : tenth) BOOST_TEST(held_out(names, 0.2, 0).contains(name));
  BOOST_TEST((held_out(names, 0.1, 1) != tenth));
  BOOST_TEST(held_out({"a", "b", "c"}, 1e-9, 0).size() == 1);
  BOOST_TEST(held_out({"a"}, 1e-9, 0).empty());
  // One is left to train on, whatever the share: the one that a smaller share would leave.
  for (int seed = 0; seed < 20; ++seed) {
    const auto most = held_out({"a", "b", "c"}, 0.9, seed);
    BOOST_TEST((most.size() == 1 || most.size() == 2));
    BOOST_TEST((held_out({"a", "b", "c"}, 1, seed).size() == 2));
    for (const auto& name : most) BOOST_TEST(held_out({"a", "b", "c"}, 1, seed).contains(name));
    BOOST_TEST(held_out({"a", "b"}, 1, seed).size() == 1);
    BOOST_TEST(held_out({"a"}, 1, seed).empty());
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_is_not_held_out) {
  Names files{"x1.mp4"};
  for (int i = 0; i < 8; ++i)
    for (const char* extension : {".mp4", ".txt"}) files.push_back("take" + std::to_string(i) + extension);
  const auto root = set_of(files);
  const Settings pairs{{"videos", text(".")}, {"hold_out_share", {0.1}}};
  const auto with_labels = pairs + Settings{{"require_labels", {true}}};
  // By its name x1 would be the one.
  BOOST_TEST(names(open(settings(root, "val", pairs)).clips) == (Names{"x1"}), boost::test_tools::per_element());
  const auto val = open(settings(root, "val", with_labels)), train = open(settings(root, "train", with_labels));
  BOOST_TEST(val.clips.size() == 1u);
  BOOST_TEST(train.clips.size() == 7u);
  for (const auto& clip : train.clips) BOOST_TEST(clip.name != val.clips[0].name);
  BOOST_TEST(holds(train.skipped, "x1.mp4\thas no labels\n"), train.skipped);
  // One that can be used is trained on.
  for (int i = 1; i < 8; ++i) fs::remove(root / ("take" + std::to_string(i) + ".txt"));
  BOOST_TEST(names(open(settings(root, "train", with_labels)).clips) == (Names{"take0"}), boost::test_tools::per_element());
  BOOST_TEST(holds(error(settings(root, "val", with_labels)), "split \"val\" has no clips; the first file left out: "));
}

BOOST_AUTO_TEST_CASE(what_is_held_out_has_its_labels_where_those_of_train_are) {
  Names files;
  for (int i = 0; i < 8; ++i)
    files.insert(files.end(), {"train/" + std::to_string(i) + ".mp4", "labels/train/" + std::to_string(i) + ".txt"});
  const auto root = set_of(files);
  const Settings share{{"hold_out_share", {0.1}}, {"require_labels", {true}}, {"annotations_root", text("labels")}};
  const auto val = open(settings(root, "val", share)).clips, train = open(settings(root, "train", share)).clips;
  BOOST_TEST_REQUIRE(val.size() == 1u);
  BOOST_TEST(val[0].labels == root / ("labels/train/" + val[0].name + ".txt"));
  BOOST_TEST(train.size() == 7u);
}

BOOST_AUTO_TEST_CASE(the_reason_of_what_was_asked_for_comes_first) {
  const auto root = set_of({"all/a.mp4", "all/a.txt", "all/e.mp4", "all/e.txt", "all/z.mp4"});
  write_file(root / "all/e.txt", "");
  const auto asked = [&](const std::string& name, const std::string& split) {
    return error(
        settings(root, split, {{"videos", text("all")}, {"splits.test", list({"z"})}, {"only", list({name})}, {"require_labels", {true}}}));
  };
  BOOST_TEST(holds(asked("e", "train"), "all/e.mp4, its labels hold no notes; "), asked("e", "train"));
  BOOST_TEST(holds(asked("z", "train"), "all/z.mp4, is split \"test\"; "), asked("z", "train"));
  BOOST_TEST(holds(asked("nobody", "train"), "all/a.mp4, matches no pattern of \"only\"; "), asked("nobody", "train"));
}

BOOST_AUTO_TEST_CASE(note_tables_with_commas_are_labels) {
  const auto root = set_of({"a.mp4", "b.mp4", "b.txt", "b.csv", "d.csv"});
  write_file(root / "a.csv", "onset,offset,pitch\n0,1,60\n");
  const auto all = open(settings(root, "", {{"require_labels", {true}}}));
  BOOST_TEST(names(all.clips) == (Names{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(all.clips[0].labels == root / "a.csv");
  BOOST_TEST(all.clips[1].labels == root / "b.txt");
  BOOST_TEST(holds(all.skipped, "d.csv\tlabels of a video that is not here\n"), all.skipped);
}

BOOST_AUTO_TEST_CASE(train_and_val_are_parts_of_one_folder_without_overlap) {
  Names files;
  for (int i = 0; i < 40; ++i)
    for (const char* extension : {".mp4", ".txt"}) files.push_back("train/" + std::to_string(100 + i) + extension);
  const auto root = set_of(files);
  const Settings share{{"hold_out_share", {0.2}}};
  const auto train = names(open(settings(root, "train", share)).clips), val = names(open(settings(root, "val", share)).clips);
  BOOST_TEST(train.size() + val.size() == 40);
  BOOST_TEST(!val.empty());
  std::set<std::string> both(train.begin(), train.end());
  for (const auto& name : val) BOOST_TEST(both.insert(name).second);
  // Patterns and a folder of its own go before.
  const Settings pattern{{"hold_out_share", {0.2}}, {"hold_out", list({"10?"})}};
  BOOST_TEST(open(settings(root, "val", pattern)).clips.size() == 10);
  write_file(root / "val/1.mp4", "video");
  BOOST_TEST(names(open(settings(root, "val", share)).clips) == (Names{"1"}), boost::test_tools::per_element());
  BOOST_TEST(open(settings(root, "train", share)).clips.size() == 40);
}

BOOST_AUTO_TEST_CASE(a_table_tells_splits_corners_and_lengths) {
  const auto root = set_of({"all/a.mp4", "all/b.mp4", "all/c.mp4", "all/d.mp4", "all/e.mp4"});
  write_file(root / "meta.csv",
             "id;part;left top;right top;right bottom;left bottom;min_x;min_y;max_x;max_y;seconds\n"
             "a;train;\"10, 20\";\"110, 20\";\"110, 40\";\"10, 40\";;;;;7.5\n"
             "b;valid;;;;;5;6;105;26;8\n"
             "c;test;;;;;;;;;\n"
             "d;special;;;;;;;;;\n");
  const Settings table{{"videos", text("all")},
                       {"table", text("meta.csv")},
                       {"columns.name", text("id")},
                       {"columns.split", text("part")},
                       {"columns.duration", text("seconds")},
                       {"columns.corners", list({"left top", "right top", "right bottom", "left bottom"})},
                       {"columns.box", list({"min_x", "min_y", "max_x", "max_y"})},
                       {"splits.val", list({"valid"})},
                       {"columns.scale", {0.5}}};
  const auto train = open(settings(root, "train", table)).clips;
  BOOST_TEST(names(train) == (Names{"a"}), boost::test_tools::per_element());
  BOOST_TEST(train[0].corners->points[2].x == 55);
  BOOST_TEST(train[0].duration_s == 7.5);
  const auto val = open(settings(root, "val", table));
  BOOST_TEST(val.clips[0].corners->points[1].x == 52.5);
  BOOST_TEST(val.clips[0].corners->points[1].y == 3);
  BOOST_TEST(holds(val.skipped, "all/d.mp4\tis split \"special\" in the table"), val.skipped);
  BOOST_TEST(holds(val.skipped, "all/e.mp4\tthe table has no row for it"), val.skipped);
  const auto with_special = [&](const std::string& split) {
    auto more = table;
    more.emplace_back("splits.train", list({"*"}));
    return names(open(settings(root, split, more)).clips);
  };
  BOOST_TEST(with_special("train") == (Names{"a", "d"}), boost::test_tools::per_element());  // what is val or test is never trained on
  BOOST_TEST(with_special("val") == (Names{"b"}), boost::test_tools::per_element());
  BOOST_TEST(holds(error(settings(root, "dev", table)), "nothing says which of the videos are split \"dev\""));
  auto nowhere = table;
  nowhere[0].second = text("none");
  BOOST_TEST(holds(error(settings(root, "train", nowhere)), "none: the folder of the videos does not exist; there are \"all\""));
  write_file(root / "meta.csv",
             "id;part;left top;right top;right bottom;left bottom;min_x;min_y;max_x;max_y;seconds\na;train;\"10, 20\";;;;;;;;\n");
  BOOST_TEST(holds(error(settings(root, "train", table)), "meta.csv:2:9: only 1 of 4 corner coordinates are given; give all or none"));
}

BOOST_AUTO_TEST_CASE(tables_are_read_with_and_without_header_and_as_json) {
  const auto file = tests::folder("layouts") / "table";
  const auto rows = [&](const std::string& content, const std::vector<std::string>& columns = {}) {
    write_file(file, content);
    std::string out;
    for (const auto& row : data::read_table(file, "id", columns).rows) {
      for (const auto& [column, cell] : row) out += column + "=" + cell.text + " ";
      out += "| ";
    }
    return out;
  };
  BOOST_TEST(rows("id\tx\n1\t2\n# no row\n\n3\n") == "id=1 x=2 | id=3 | ");
  BOOST_TEST(rows("\xef\xbb\xbfid,x\r\n1,\"a, \"\"b\"\"\"\r\n") == "id=1 x=a, \"b\" | ");
  BOOST_TEST(rows("1;2\n", {"id", "x"}) == "id=1 x=2 | ");
  BOOST_TEST(rows("x;id\n1;2\n", {"id", "x"}) == "id=2 x=1 | ");
  BOOST_TEST(rows(R"([{"id": "a", "x": 1.5, "y": null}, {"id": "b"}])") == "id=a x=1.5 y= | id=b | ");
  BOOST_TEST(rows(R"({"k": {"id": "a", "x": [1, 2]}})") == "id=a x=[1,2] | ");
  for (const char* content : {"", "# nothing\n", "[]", "[1]", "{\"a\":"}) BOOST_CHECK_THROW(rows(content), Error);
}

BOOST_AUTO_TEST_CASE(an_unnamed_column_means_nothing_and_no_two_have_one_name) {
  const auto root = set_of({"a.mp4", "b.mp4"});
  const Settings table{{"table", text("clips.csv")}, {"columns.corners", list({})}};
  write_file(root / "clips.csv", ",name,remark,\n1,a,first,7\n2,b,,8\n");  // as pandas writes its index
  const auto clips = open(settings(root, "", table)).clips;
  BOOST_TEST(names(clips) == (Names{"a", "b"}), boost::test_tools::per_element());
  for (const auto& clip : clips) BOOST_TEST((clip.label_shift_s == 0 && clip.duration_s == 0), clip.name);
  write_file(root / "clips.csv", "name,seconds,remark,seconds\na,1,,2\n");
  BOOST_TEST(error(settings(root, "", table)) ==
             (root / "clips.csv").string() + ":1:21: there are two columns \"seconds\"; rename one, or take it out");
}

BOOST_AUTO_TEST_CASE(lists_name_recordings_as_people_write_them_and_miss_none_in_silence) {
  const auto root =
      set_of({"train/video_1.0.mp4", "train/video_2.0.mp4", "train/video_3.0.mp4", "train/audio_1.0.txt", "train/video_4.0.mp4"});
  write_file(root / "lists/train.txt", "1\nvideo_2.0.mp4\nvideo_3.0\n9\n");
  write_file(root / "lists/low.txt", "3\n");
  const Settings lists{{"names", list({"video_{}.0"})},
                       {"label_names", list({"audio_{}.0"})},
                       {"manifest.train", text("lists/train.txt")},
                       {"exclude_list", text("lists/low.txt")}};
  const auto train = open(settings(root, "train", lists));
  BOOST_TEST(names(train.clips) == (Names{"1", "2"}), boost::test_tools::per_element());
  BOOST_TEST(train.clips[0].labels == root / "train/audio_1.0.txt");
  BOOST_TEST(holds(train.skipped, "video_3.0.mp4\tis in exclude_list"), train.skipped);
  BOOST_TEST(holds(train.skipped, "lists/train.txt\tnames \"9\", which is no video here"), train.skipped);
  // A list in another encoding than UTF-8 names nobody.
  write_file(root / "lists/low.txt", std::string("3\n\xff\xfe"
                                                 "1\0",
                                                 6));
  BOOST_TEST(holds(error(settings(root, "train", lists)),
                   "lists/low.txt:2:1: the list is damaged: what stands here is no UTF-8 text; write the names again, one a line, or do "
                   "without it: exclude_list = \"\""));
  auto missing = lists;
  missing.back().second = text("lists/none.txt");
  BOOST_TEST(holds(error(settings(root, "train", missing)), "lists/none.txt: the list of recordings to leave out does not exist"));
}

BOOST_AUTO_TEST_CASE(a_table_names_recordings_or_their_files_and_rows_for_none_are_told) {
  const auto root = set_of({"train/010.mp4", "train/011.mp4", "test/012.mp4"});
  const Settings table{{"table", text("clips.tsv")}, {"columns.corners", list({})}, {"columns.duration", text("seconds")}};
  const auto lengths = [&](const std::string& split) {
    std::vector<double> out;
    for (const auto& clip : open(settings(root, split, table)).clips) out.push_back(clip.duration_s);
    return out;
  };
  const auto told = [&](const std::string& split) {
    std::ostringstream text;
    const auto before = spdlog::default_logger();
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
    spdlog::set_pattern("%l %v");
    open(settings(root, split, table));
    spdlog::set_default_logger(before);
    std::string warnings;
    std::istringstream lines(text.str());
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("warning")) warnings += line + "\n";
    return warnings;
  };
  write_file(root / "clips.tsv", "name\tseconds\n010.mp4\t5\n011.MP4\t6\n012\t7\n");
  BOOST_TEST(lengths("train") == (std::vector<double>{5, 6}), boost::test_tools::per_element());
  BOOST_TEST(lengths("test") == (std::vector<double>{7}), boost::test_tools::per_element());
  BOOST_TEST(told("train") == "");  // a row for another split is for a recording of the data set
  write_file(root / "clips.tsv", "name\tseconds\na\t1\nb\t1\n010\t5\nc\t1\nd\t1\ne\t1\nf\t1\n");
  BOOST_TEST(told("train") ==
             "warning clips.tsv: rows for recordings that are not here have no effect: \"a\", \"b\", \"c\", \"d\", \"e\" and 1 more\n");
  BOOST_TEST(told("test") == told("train"));
  write_file(root / "clips.tsv", "name\tseconds\nclip_10\t5\nclip_11\t6\n");
  BOOST_TEST(error(settings(root, "train", table)) ==
             (root / "clips.tsv").string() +
                 ":2:1: no row of the table is for a recording of the data set: here one is called \"clip_10\", there "
                 "\"010\"; correct the names or columns.name, or do without the table: table = \"\"");
  write_file(root / "clips.tsv", "name\tseconds\n010\t5\n010.mp4\t6\n");
  BOOST_TEST(holds(error(settings(root, "train", table)), "clips.tsv:3:1: the row has no name or one that an earlier row has"));
}

BOOST_AUTO_TEST_CASE(rows_are_for_the_recordings_of_their_own_split) {
  const auto root = set_of({"train/001.mp4", "train/001.txt", "train/002.mp4", "test/001.mp4", "test/001.txt"});
  const auto file = (root / "lags.tsv").string();
  const Settings shifts{{"label_shifts", text("lags.tsv")}};
  const auto shift = [&](const std::string& split) { return open(settings(root, split, shifts)).clips[0].label_shift_s; };
  write_file(file, "name\tlabel_shift_s\n002\t1\n001\t0.5\n");  // measured on train
  for (const char* split : {"train", "test", ""})
    BOOST_TEST(error(settings(root, split, shifts)) ==
               file +
                   ":3:1: the row could be for two recordings: \"001\" is a name in split \"train\" and in \"test\"; say in a column "
                   "\"split\" which split each is of, as graphs/lag.toml does");
  write_file(file, "name\tsplit\tlabel_shift_s\n001\ttrain\t0.5\n");
  BOOST_TEST(shift("train") == 0.5);
  BOOST_TEST(shift("test") == 0);
  BOOST_TEST(shift("") == 0);                                                        // test/001 comes first
  write_file(file, "name\tsplit\tlabel_shift_s\n001\tval\t0.5\n001\ttest\t0.25\n");  // val is a part of train
  BOOST_TEST(shift("train") == 0.5);
  BOOST_TEST(shift("test") == 0.25);
  write_file(file, "name\tsplit\tlabel_shift_s\n001\ttrain\t0.5\n001\ttest\t0.25\n");
  for (const auto& [split, shift_s] : {std::pair{"train", 0.5}, {"test", 0.25}}) {
    const auto clips = open({{"files", list({root / split / "001.mp4"})}, {"label_shifts", text(file)}}).clips;
    BOOST_TEST(clips[0].label_shift_s == shift_s, split);
  }
  write_file(file, "name\tsplit\tlabel_shift_s\n001\ttest\t0.5\n002\ttest\t0.5\n");
  BOOST_TEST(error(settings(root, "train", shifts)) ==
             file + ":3:1: no recording of the data set is called \"002\" in split \"test\"; correct the names, or take their rows out");
  write_file(file, "name\tsplit\tlabel_shift_s\n002\t\t0.5\n002\ttrain\t0.25\n");
  BOOST_TEST(holds(error(settings(root, "train", shifts)),
                   ": a second row could be for the recording \"002\"; take one of them out, or say in a column \"split\""));

  Settings table{{"table", text("clips.tsv")}, {"columns.corners", list({})}, {"columns.duration", text("seconds")}};
  write_file(root / "clips.tsv", "name\tpart\tseconds\n001\ttrain\t7\n002\ttrain\t8\n001\theld\t9\n");
  BOOST_TEST(holds(error(settings(root, "test", table)), "clips.tsv:4:1: the row has no name or one that an earlier row has"));
  table.insert(table.end(), {{"columns.split", text("part")}, {"splits.test", list({"held"})}});
  BOOST_TEST(open(settings(root, "train", table)).clips[0].duration_s == 7);
  BOOST_TEST(open(settings(root, "test", table)).clips[0].duration_s == 9);
}

BOOST_AUTO_TEST_CASE(labels_lie_in_a_tree_of_their_own) {
  const auto root = set_of({"Video/p1/a.mp4", "Video/p2/a.mp4", "MIDI/p1/a.txt", "MIDI/p2/a.txt"});
  const Settings trees{{"videos", text("Video")}, {"annotations_root", text("MIDI")}, {"names", list({"/{}"})}};
  const auto clips = open(settings(root, "train", trees)).clips;
  BOOST_TEST(names(clips) == (Names{"p1/a", "p2/a"}), boost::test_tools::per_element());
  BOOST_TEST(clips[1].labels == root / "MIDI/p2/a.txt");
  auto nowhere = trees;
  nowhere[1].second = text("none");
  BOOST_TEST(holds(error(settings(root, "train", nowhere)), "none: the folder of labels does not exist"));
}

BOOST_AUTO_TEST_SUITE_END()
