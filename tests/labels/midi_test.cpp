// Labels in MIDI files.
#include <stages/data/clip.hpp>
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
