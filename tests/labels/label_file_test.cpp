// The label grammar, against what the original's loader and checker make of the same files.
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/clip.hpp>
#include <stages/labels/label_file.hpp>
#include <tests/shared_data.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/registry.hpp>

#include <boost/test/unit_test.hpp>

#include "tests/folders.hpp"

using namespace tivit;

namespace {

std::vector<std::string> problems(const std::string& text) {
  std::vector<std::string> out;
  for (const auto& row : labels::parse_labels(text, "a.txt").bad_rows) out.push_back(row.what());
  return out;
}

notes::Notes call(const data::Clip& clip, const std::string& bad_rows) {
  auto stage = Registry::instance().find("labels/read").make();
  stage->set("bad_rows", {bad_rows});
  Context context;
  stage->call({{"clip", Payload::of(clip)}}, context);
  return stage->call({{"clip", Payload::of(clip)}}, context).at(0).as<notes::Notes>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(label_file)

BOOST_AUTO_TEST_CASE(the_labels_of_a_window_begin_in_it_and_end_with_it) {
  const auto folder = tests::build_folder() / "test_files";
  std::filesystem::create_directories(folder);
  data::Clip clip;
  clip.name = "a";
  clip.labels = folder / "window_labels.txt";
  write_file(clip.labels, "0.5 1 60\n1.9 2.6 62\n2 3 64\n");
  const auto read = [&](const std::string& of) {
    auto stage = Registry::instance().find("labels/read").make();
    stage->set("of", {of});
    Context context;
    return stage->call({{"clip", Payload::of(clip)}}, context).at(0).as<notes::Notes>().list;
  };
  BOOST_TEST(read("window").size() == 3u);  // the clip is the whole recording
  clip.rows = 20;
  BOOST_CHECK_EXCEPTION(read("window"), Error, [](const Error& error) {
    return std::string(error.what()) == "a: how long 20 rows last is not known; set frame_times.rate of data/clips";
  });
  clip.frame_times.rate = 10;
  BOOST_TEST(read("recording").size() == 3u);
  const std::vector<notes::Note> first{{0.5, 1, 60, 64}, {1.9, 2, 62, 64}};
  BOOST_CHECK(read("window") == first);
  clip.first_row = 15;
  clip.rows = 10;
  const std::vector<notes::Note> later{{1.9, 2.5, 62, 64}, {2, 2.5, 64, 64}};
  BOOST_CHECK(read("window") == later);
  // Rows of files that repeat frames are moved, and so is what they show.
  clip.frame_times.from_fps = 15;
  clip.frame_times.offset_s = 0.28;
  clip.rows = 8;
  BOOST_TEST_REQUIRE(read("window").size() == 2u);
  for (const auto& note : read("window")) BOOST_TEST(std::abs(note.offset_s - 2.58) < 1e-9);
  clip.first_row = 17;
  BOOST_TEST(read("window").size() == 1u);  // from half a row before 1.98 s
  clip.frame_times = {.rate = 10};
  clip.rows = 10;
  // What began before the recording begins with it, however long before, and is in no later window.
  clip.labels = folder / "early_labels.txt";
  write_file(clip.labels, "-3 2 61\n-0.01 0.5 60\n0.5 1 60\n");
  BOOST_CHECK(read("window").empty());
  clip.first_row = 0;
  const std::vector<notes::Note> from_0{{0, 0.5, 60, 64}, {0, 1, 61, 64}, {0.5, 1, 60, 64}};
  BOOST_CHECK(read("window") == from_0);
  BOOST_TEST(read("recording")[0].onset_s == -3);
}

BOOST_AUTO_TEST_CASE(rows_are_judged_where_their_shift_puts_them) {
  data::Clip clip;
  clip.labels = tests::build_folder() / "test_files/lagging_labels.txt";
  const auto read = [&](double shift_s) {
    clip.label_shift_s = shift_s;
    Context context;
    return Registry::instance().find("labels/read").make()->call({{"clip", Payload::of(clip)}}, context).at(0).as<notes::Notes>().list;
  };
  const std::string refused = "the note ends at -0.125 s, before the video begins";
  for (const char* extension : {".txt", ".csv"}) {
    clip.labels.replace_extension(extension);
    write_file(clip.labels, "-0.25,-0.125,60\n0.5,1,62\n");
    const std::vector<notes::Note> moved{{0.25, 0.375, 60, 64}, {1, 1.5, 62, 64}};
    BOOST_CHECK(read(0.5) == moved);
    for (const double shift_s : {0.0, 0.125, -0.5})
      BOOST_CHECK_EXCEPTION(read(shift_s), Errors,
                            [&](const Errors& errors) { return std::string(errors.what()).find(refused) != std::string::npos; });
    write_file(clip.labels, "0,0.25,60\n0.5,1,62\n");
    const std::vector<notes::Note> left{{0, 0.5, 62, 64}};
    BOOST_CHECK(read(-0.5) == left);  // nothing is wrong with what is moved out of sight
  }
}

BOOST_AUTO_TEST_CASE(golden_files_read_as_the_loader_or_the_checker_reads_them) {
  const auto folder = tests::shared("golden/labels");
  if (!folder) return;
  const auto expected = nlohmann::json::parse(std::ifstream(*folder / "expected.json"))["files"];
  // Where the two disagree: how many rows are good and bad here, and why.
  const std::map<std::string, std::pair<int, int>> ours{
      {"bad_numbers.txt", {2, 4}},  // both good rows, and the others are named
      {"blank_lines.txt", {0, 0}},  // no notes is silence, not an error
      {"bom.txt", {2, 0}},          // the mark is skipped, the first row is not lost
      {"commas.txt", {3, 0}},       // as the checker
      {"comments.txt", {3, 0}},     // trailing comments too, as the checker
      {"empty.txt", {0, 0}},
      {"float_pitch.txt", {2, 1}},   // 60.0 is 60, 61.4 is nothing (the checker cuts it to 61)
      {"four_columns.txt", {2, 0}},  // as the checker
      {"header.txt", {2, 0}},        // as the loader
      {"invalid_utf8.txt", {3, 0}},  // what follows the third column is not read
      {"mixed_columns.txt", {3, 2}},
      {"nan_inf.txt", {1, 2}},         // not finite: bad, as the checker
      {"negative_onset.txt", {2, 0}},  // as the loader: it sounded before the video began
      {"nul_bytes.txt", {2, 1}},
      {"offset_before_onset.txt", {1, 1}},  // as the checker
      {"only_comments.txt", {0, 0}},
      {"pitch_range.txt", {1, 2}},    // as the checker
      {"underscores.txt", {1, 1}},    // stricter than both
      {"unicode_space.txt", {0, 2}},  // stricter than both
      {"zero_length.txt", {1, 1}},    // as the checker
  };
  int compared = 0;
  for (const auto& [name, entry] : expected.items()) {
    const auto parsed = labels::parse_labels(read_file(*folder / name), name);
    if (const auto special = ours.find(name); special != ours.end()) {
      BOOST_TEST(parsed.notes.list.size() == special->second.first, name);
      BOOST_TEST(parsed.bad_rows.size() == special->second.second, name);
      continue;
    }
    std::vector<std::tuple<double, double, int>> rows, got;
    for (const auto& row : entry["checker"]["rows"]) rows.emplace_back(row[0], row[1], row[2]);
    std::stable_sort(rows.begin(), rows.end(),
                     [](auto& a, auto& b) { return std::tie(std::get<0>(a), std::get<2>(a)) < std::tie(std::get<0>(b), std::get<2>(b)); });
    for (const auto& note : parsed.notes.list) got.emplace_back(note.onset_s, note.offset_s, note.pitch);
    BOOST_TEST((rows == got), name);
    BOOST_TEST(parsed.bad_rows.empty(), name);
    BOOST_TEST(rows.size() == entry["loader"]["rows_float32"].size(), name);
    ++compared;
  }
  BOOST_TEST(compared + ours.size() == expected.size());
  BOOST_TEST(compared >= 8);
}

BOOST_AUTO_TEST_CASE(every_bad_row_is_named) {
  const std::vector<std::string> expected{"a.txt:2:1: \"1,5\" is not a number; write numbers such as 12.5, with a decimal point",
                                          "a.txt:3:1: the row has 2 of 3 columns; write onset, offset (seconds) and MIDI pitch",
                                          "a.txt:4:7: the pitch 61.4 is not a MIDI number; give a whole number from 0 to 127",
                                          "a.txt:5:5: the offset 0.4 is not after the onset 0.9; correct or remove the row",
                                          "a.txt:6:1: \"nan\" is not a number; write numbers such as 12.5, with a decimal point",
                                          "a.txt:7:1: \"\\xc2\\xa00.1\" is not a number; write numbers such as 12.5, with a decimal point",
                                          "a.txt:8:4: the note ends at -1 s, before the video begins; correct or remove the row"};
  BOOST_TEST(problems("0.1 0.5 60\n1,5 2,5 63\n0.1 0.5\n.1 .2 61.4\n0.9 0.4 62\nnan 1 60\n\xc2\xa0"
                      "0.1 0.5 60\n-2 -1 60") == expected,
             boost::test_tools::per_element());
  BOOST_TEST(problems("onset offset pitch\n1 2 60\nonset offset pitch\n").size() == 1);
}

BOOST_AUTO_TEST_CASE(of_a_file_that_is_no_labels_little_is_told) {
  const auto file = tivit::tests::build_folder() / "test_files/no_labels.txt";
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "what is this\n";  // the first may be a header
  tivit::write_file(file, text);
  BOOST_CHECK_EXCEPTION(tivit::labels::read_labels(file), tivit::Errors, [](const tivit::Errors& errors) {
    return errors.list().size() == 21 && errors.list().back().problem() == "… and 4979 rows more";
  });
  tivit::write_file(file, std::string("\0\0\0 ftypmp42", 12));
  BOOST_CHECK_EXCEPTION(tivit::labels::read_labels(file), tivit::Error,
                        [](const tivit::Error& error) { return error.problem() == "is no text: it is full of bytes of 0"; });
}

BOOST_AUTO_TEST_CASE(commas_divide_fields_with_and_without_blanks) {
  for (const char* row :
       {"0.5,1.0,60", "0.5, 1.0, 60", "0.5 ,1.0 ,60", "0.5 , 1.0 , 60", "0.5\t,1.0,\t60", "0.5,1.0,60,64 left hand",
        "0.5, 1.0, 60, 64, left hand", "0.5 1.0 60 , left hand", "0.5,1.0,60 # 1,5", "0.5,1.0, 60", "0.5,1.0 60", "0.5,1,60,"}) {
    const auto parsed = labels::parse_labels(row, "a.txt");
    BOOST_TEST((parsed.notes.list == std::vector<notes::Note>{{0.5, 1, 60}}), row);
    BOOST_TEST(parsed.bad_rows.empty(), row);
  }
  BOOST_TEST(problems("onset , offset , pitch\n0 , 1 , 60") == std::vector<std::string>(), boost::test_tools::per_element());
  const std::string remedy = " is not a number; write numbers such as 12.5, with a decimal point";
  const std::vector<std::string> expected{"a.txt:1:1: \"1,5\"" + remedy, "a.txt:2:1: \"1,5\"" + remedy, "a.txt:3:6: \"1,0\"" + remedy,
                                          "a.txt:4:7: \"\"" + remedy,    "a.txt:5:5: \"\"" + remedy,    "a.txt:6:1: \"\"" + remedy};
  BOOST_TEST(problems("1,5, 2,5, 63\n1,5 , 2,5 , 63\n0.5, 1,0, 60\n0.5 , , 60 64\n0.5,,60,64\n, 0.5, 1.0, 60\n") == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_time_more_than_a_day_away_is_a_slip) {
  BOOST_TEST(problems("0 86400 60\n-86400 1 60\n") == std::vector<std::string>(), boost::test_tools::per_element());
  const std::vector<std::string> expected{
      "a.txt:1:5: the offset 1000000000 s is more than a day away; give seconds from the recording's first frame, or remove the row",
      "a.txt:2:1: the onset 1e5 s is more than a day away; give seconds from the recording's first frame, or remove the row",
      "a.txt:3:1: the onset -90000 s is more than a day away; give seconds from the recording's first frame, or remove the row"};
  BOOST_TEST(problems("5.0 1000000000 60\n1e5 2e5 60\n-90000 1 60\n") == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const auto file = tests::build_folder() / "test_output/labels/written.txt";
  const notes::Notes notes{{{-0.25, 1.5, 21}, {0.123456, 0.2, 64}, {0.123456, 2.000001, 108}}};
  labels::write_labels(file, notes);
  BOOST_TEST((labels::read_labels(file).notes.list == notes.list));
  // Notes that are shorter than what is printed of them.
  const notes::Notes short_ones{{{1, 1.0000001, 60}, {2.0000004, 2.0000004, 61}, {3.0000006, 3.0000012, 62}, {86399, 86399.0000002, 63}}};
  labels::write_labels(file, short_ones);
  const std::vector<notes::Note> read{{1, 1.000001, 60}, {2, 2.000001, 61}, {3.000001, 3.000002, 62}, {86399, 86399.000001, 63}};
  BOOST_TEST((labels::read_labels(file).notes.list == read));
}

BOOST_AUTO_TEST_CASE(a_clip_gives_its_notes) {
  const auto file = tests::build_folder() / "test_output/labels/clip.txt";
  write_file(file, "2 2.5 60\nx 1 2\n0.5 1.0 62\n");
  data::Clip clip;
  BOOST_TEST(!call(clip, "error").labelled);
  clip.labels = file;
  const auto notes = call(clip, "skip");
  BOOST_TEST(notes.labelled);
  BOOST_TEST(notes.list.size() == 2);
  BOOST_TEST(notes.list.at(0).pitch == 62);
  BOOST_CHECK_EXCEPTION(call(clip, "error"), Errors,
                        [&](const Errors& e) { return e.list().size() == 1 && e.list()[0].where() == file.string() + ":2:1"; });
  clip.labels = file.parent_path() / "missing.txt";
  BOOST_CHECK_THROW(call(clip, "error"), Error);
}

BOOST_AUTO_TEST_CASE(labels_are_moved_by_the_shift_that_the_data_set_gives) {
  data::Clip clip;
  clip.labels = tests::build_folder() / "test_output/labels/shifted.txt";
  write_file(clip.labels, "0.125 0.25 60\n0.125 1 64\n0.25 1 62\n2 3 65\n");
  const auto moved = [&](double shift_s) {
    clip.label_shift_s = shift_s;
    return call(clip, "error").list;
  };
  using List = std::vector<notes::Note>;
  BOOST_TEST((moved(0) == List{{0.125, 0.25, 60}, {0.125, 1, 64}, {0.25, 1, 62}, {2, 3, 65}}));
  BOOST_TEST((moved(0.5) == List{{0.625, 0.75, 60}, {0.625, 1.5, 64}, {0.75, 1.5, 62}, {2.5, 3.5, 65}}));
  // Out of sight, begun out of sight (in order of pitch again), as it was.
  BOOST_TEST((moved(-0.25) == List{{0, 0.75, 62}, {0, 0.75, 64}, {1.75, 2.75, 65}}));
  clip.labels.clear();
  BOOST_TEST(!call(clip, "error").labelled);
}

BOOST_AUTO_TEST_SUITE_END()
