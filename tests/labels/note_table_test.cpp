// Labels as tables of columns.
#include <stages/labels/label_file.hpp>

#include <boost/test/unit_test.hpp>

using namespace tivit;

namespace {

std::string shown(const std::string& text) {
  const auto table = labels::parse_note_table(text, "a.tsv");
  std::string out;
  char line[96];
  for (const auto& note : table.notes.list) {
    std::snprintf(line, sizeof line, "%g-%g %d/%d ", note.onset_s, note.offset_s, note.pitch, note.velocity);
    out += line;
  }
  for (const auto& row : table.bad_rows) out += std::string("[") + row.what() + "] ";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(note_table)

BOOST_AUTO_TEST_CASE(columns_by_name_or_by_place) {
  BOOST_TEST(shown("onset\tkey_offset\tframe_offset\tnote\tvelocity\n1\t2\t9\t60\t80\n0.5\t0.75\t9\t61\t1\n") ==
             "0.5-0.75 61/1 1-2 60/80 ");
  BOOST_TEST(shown("# onset,key_offset,frame_offset,note,velocity\r\n1,2,9,60,80\r\n") == "1-2 60/80 ");
  BOOST_TEST(shown("pitch,onset,offset\n60,1,2\n") == "1-2 60/64 ");
  BOOST_TEST(shown("1\t2\t9\t60\t80\n") == "1-2 60/80 ");
  BOOST_TEST(shown("1\t2\t60\n# a comment\n\n2\t3\t61\textra\n") == "1-2 60/64 2-3 61/64 ");
  BOOST_TEST(shown("\xef\xbb\xbf"
                   "1 , 2 , 60") == "1-2 60/64 ");
  BOOST_TEST(shown("") == "");
}

BOOST_AUTO_TEST_CASE(comments_may_come_before_the_names) {
  BOOST_TEST(shown("# made by X\nonset,offset,pitch\n1,2,60\n") == "1-2 60/64 ");
  BOOST_TEST(shown("# made by X; with Y\n#\n\n# pitch,onset,offset\n60,1,2\n# the end\n") == "1-2 60/64 ");
  BOOST_TEST(shown("# onset,offset,pitch\n1\t2\t60\n") == "1-2 60/64 ");
  BOOST_TEST(shown("# made by X\n1,2,60\nonset,offset,pitch\n") ==
             "1-2 60/64 [a.tsv:3:1: \"onset\" is not a number; write numbers such as 12.5, with a decimal point] ");
}

BOOST_AUTO_TEST_CASE(fields_are_divided_as_in_other_tables) {
  BOOST_TEST(shown("\"onset\",\"offset\",\"pitch\"\n\"1.0\",\"2.0\",\"60\"\n") == "1-2 60/64 ");
  BOOST_TEST(shown("onset;offset;pitch\n1;2;60\n1.5 ; 2 ; 61\n") == "1-2 60/64 1.5-2 61/64 ");
  BOOST_TEST(shown("pitch;name;onset;offset\n60;\"C4; \"\"middle\"\"\";1;2\n") == "1-2 60/64 ");
  BOOST_TEST(shown("onset;offset;pitch\n0,5;1,0;60\n") ==
             "[a.tsv:2:1: \"0,5\" is not a number; write numbers such as 12.5, with a decimal point] ");
  BOOST_TEST(shown("1,\"x\",60\n") == "[a.tsv:1:4: \"x\" is not a number; write numbers such as 12.5, with a decimal point] ");
}

BOOST_AUTO_TEST_CASE(what_is_no_note_is_named) {
  BOOST_TEST(shown("1\t1e9\t9\t60\t80\n") ==
             "[a.tsv:1:3: the offset 1e9 s is more than a day away; give seconds from the recording's first frame, or remove the row] ");
  BOOST_TEST(shown("1\t2\t9\t60.5\t80\n") == "[a.tsv:1:7: the pitch 60.5 is not a MIDI number; give a whole number from 0 to 127] ");
  BOOST_TEST(shown("1\t2\t9\t60\t0\n") == "[a.tsv:1:10: the velocity 0 is not one of MIDI's; give a whole number from 1 to 127] ");
  BOOST_TEST(
      shown("onset\toffset\tnote\n1\t2\n") ==
      "[a.tsv:2:1: the row has too few columns: 2; write onset, offset (seconds) and MIDI pitch, with tabs, semicolons or commas between "
      "them] ");
  // Without a header the first row says what the columns are: a row that was cut off is no note of other columns.
  BOOST_TEST(shown("0.5\t1\t2\t60\t80\n3\t3.5\t64\n").find("[a.tsv:2:1: the row has too few columns: 3 where the first has 5; ") !=
             std::string::npos);
  BOOST_TEST(shown("3\t2\t60\n") == "[a.tsv:1:3: the offset 2 is not after the onset 3; correct or remove the row] ");
  BOOST_TEST(shown("1\t\t60\n") == "[a.tsv:1:3: \"\" is not a number; write numbers such as 12.5, with a decimal point] ");
}

BOOST_AUTO_TEST_SUITE_END()
