// Labels in MIDI files.
#include <stages/data/clip.hpp>
#include <stages/labels/label_file.hpp>
#include <stages/notes/midi_file.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/registry.hpp>

#include <boost/test/unit_test.hpp>

#include "tests/folders.hpp"

using namespace tivit;

BOOST_AUTO_TEST_CASE(labels_may_be_a_midi_file) {
  data::Clip clip;
  clip.labels = tests::build_folder() / "test_output/labels/notes.mid";
  std::filesystem::create_directories(clip.labels.parent_path());
  notes::write_midi(clip.labels, {{{0.5, 1.25, 60, 80}, {0.5, 2, 64, 90}}});
  Context context;
  const auto stage = Registry::instance().find("labels/read").make();
  const auto read = stage->call({{"clip", Payload::of(clip)}}, context).at(0).as<notes::Notes>();
  BOOST_TEST(read.list.size() == 2);
  BOOST_TEST(read.list.at(1).pitch == 64);
  BOOST_TEST(std::abs(read.list[1].offset_s - 2) < 1e-3);
  write_file(clip.labels, "no MIDI");
  BOOST_CHECK_THROW(Registry::instance().find("labels/read").make()->call({{"clip", Payload::of(clip)}}, context), Error);
}

BOOST_AUTO_TEST_CASE(a_note_that_ends_more_than_a_day_away_is_named_with_its_file) {
  // 6000 quarters of 16.8 s each.
  const unsigned char bytes[] = {'M', 'T', 'h', 'd', 0, 0,   0,   6,   0, 0,    0,  1,  0,    1,    'M',  'T', 'r', 'k', 0,    0,    0,
                                 20,  0,   255, 81,  3, 255, 255, 255, 0, 0x90, 60, 64, 0xae, 0x70, 0x80, 60,  0,   0,   0xff, 0x2f, 0};
  const auto file = tests::build_folder() / "test_output/labels/slow.mid";
  std::filesystem::create_directories(file.parent_path());
  write_file(file, std::string(reinterpret_cast<const char*>(bytes), sizeof bytes));
  const auto read = labels::load_labels(file);
  BOOST_TEST(read.notes.list.empty());
  BOOST_TEST_REQUIRE(read.bad_rows.size() == 1u);
  BOOST_TEST(read.bad_rows[0].what() == file.string() +
                                            ": a note of pitch 60 ends at 100663 s, more than a day away; correct the file's "
                                            "tempo or remove the note");
}
