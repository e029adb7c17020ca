// MIDI files: real ones there and back, damaged ones refused.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stages/data/clip.hpp>
#include <stages/notes/midi_bytes.hpp>
#include <stages/notes/midi_file.hpp>
#include <tests/shared_data.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>

#include "tests/folders.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tivit::notes;

fs::path scratch(const std::string& name) {
  const auto folder = tivit::tests::build_folder() / "tests" / "midi";
  fs::create_directories(folder);
  return folder / name;
}

/// A file of one track with 100 ticks a quarter, in the format's own bytes.
std::string track_file(const std::string& events, const std::string& header = std::string("\0\0\0\1\0\x64", 6)) {
  std::string length(4, '\0');
  for (int i = 0; i < 4; ++i) length[i] = static_cast<char>(events.size() >> (24 - 8 * i));
  return std::string("MThd\0\0\0\6", 8) + header + "MTrk" + length + events;
}
MidiContent read_bytes(const std::string& bytes) {
  tivit::write_file(scratch("bytes.mid"), bytes);
  return read_midi(scratch("bytes.mid"));
}
template <std::size_t N>
std::string bytes(const char (&text)[N]) {
  return std::string(text, N - 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(midi)

BOOST_AUTO_TEST_CASE(all_performances_survive_writing_and_reading) {
  const auto folder = tivit::tests::shared("data/midi");
  if (!folder) return;
  std::ifstream index(*folder / "INDEX.tsv");
  std::string line;
  std::getline(index, line);
  int files = 0;
  for (; std::getline(index, line); ++files) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(cell);
    const auto read = read_midi(*folder / cells.at(0));
    const auto& notes = read.notes.list;
    // What the index says, counted by another program; notes without duration it may have counted otherwise.
    const auto counted = std::stoul(cells.at(5));
    BOOST_TEST((notes.size() <= counted && counted <= notes.size() + read.without_duration),
               cells[0] << ": " << notes.size() << ", index " << counted);
    double end_s = 0;
    int lowest = 127, highest = 0;
    for (const auto& note : notes)
      end_s = std::max(end_s, note.offset_s), lowest = std::min(lowest, note.pitch), highest = std::max(highest, note.pitch);
    BOOST_TEST(lowest == std::stoi(cells.at(8)), cells[0]);
    BOOST_TEST(highest == std::stoi(cells.at(9)), cells[0]);
    BOOST_TEST(std::abs(end_s - std::stod(cells.at(6))) < 0.2, cells[0] << " ends at " << end_s << ", index " << cells[6]);

    const auto copy = scratch(cells[0]);
    write_midi(copy, read.notes);
    const auto again = read_midi(copy).notes.list;
    fs::remove(copy);
    BOOST_REQUIRE_MESSAGE(again.size() == notes.size(), cells[0]);
    std::multimap<std::pair<int, int>, const Note*> left;  // by pitch and velocity
    for (const auto& note : again) left.insert({{note.pitch, note.velocity}, &note});
    std::size_t unmatched = 0;
    for (const auto& note : notes) {
      const auto [first, last] = left.equal_range({note.pitch, note.velocity});
      const auto same = std::find_if(first, last, [&](const auto& other) {
        return std::abs(other.second->onset_s - note.onset_s) <= 0.001 && std::abs(other.second->offset_s - note.offset_s) <= 0.001;
      });
      if (same == last)
        ++unmatched;
      else
        left.erase(same);
    }
    BOOST_TEST(unmatched == 0u, cells[0] << ": " << unmatched << " notes came back otherwise");
  }
  BOOST_TEST(files == 66);
}

BOOST_AUTO_TEST_CASE(tempo_changes_running_status_and_velocity_0_are_understood) {
  // 120 bpm: 100 ticks are 0.5 s. After tick 100 the tempo halves.
  const auto read =
      read_bytes(track_file(bytes("\0\x90\x3C\x40"              // 0: C4 on
                                  "\x64\x3C\0"                  // 100: running status, velocity 0: C4 off
                                  "\0\xFF\x51\x03\x0F\x42\x40"  // 1 s a quarter
                                  "\0\x91\x3E\x50"              // 100: D4 on in channel 2
                                  "\x64\x81\x3E\0"              // 200: off
                                  "\0\xFF\x2F\0")));
  BOOST_REQUIRE(read.notes.list.size() == 2);
  BOOST_CHECK(read.notes.list[0] == (Note{0, 0.5, 60, 64}));
  BOOST_CHECK(read.notes.list[1] == (Note{0.5, 1.5, 62, 80}));
}

BOOST_AUTO_TEST_CASE(running_status_goes_on_behind_a_meta_event) {
  const auto read = read_bytes(track_file(bytes("\0\x90\x3C\x40\0\xFF\x01\x01x\x64\x3C\0\0\xFF\x2F\0")));
  BOOST_REQUIRE(read.notes.list.size() == 1);
  BOOST_CHECK(read.notes.list[0] == (Note{0, 0.5, 60, 64}));
  // Behind a system exclusive it does not.
  BOOST_CHECK_THROW(read_bytes(track_file(bytes("\0\x90\x3C\x40\0\xF0\x01\xF7\x64\x3C\0\0\xFF\x2F\0"))), tivit::Error);
}

BOOST_AUTO_TEST_CASE(tempo_in_a_track_of_its_own_rules_the_others) {
  const std::string music = bytes("\0\x90\x3C\x40\x81\x48\x80\x3C\0\0\xFF\x2F\0"),
                    tempo = bytes("\x64\xFF\x51\x03\x0F\x42\x40\0\xFF\x2F\0");
  const auto chunk = [](const std::string& events) { return bytes("MTrk\0\0\0") + static_cast<char>(events.size()) + events; };
  const auto read = read_bytes(bytes("MThd\0\0\0\6\0\1\0\2\0\x64") + chunk(music) + bytes("JUNK\0\0\0\3abc") + chunk(tempo));
  BOOST_REQUIRE(read.notes.list.size() == 1);
  BOOST_TEST(read.notes.list[0].offset_s == 1.5, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(long_texts_and_system_exclusives_are_passed_over) {
  std::string text = bytes("\0\xFF\x01\x82\x2C") + std::string(300, 'x');
  const auto read = read_bytes(track_file(text + bytes("\0\xF0\x03\x7E\x7F\xF7\0\x90\x3C\x40\x64\x80\x3C\0\0\xFF\x2F\0")));
  BOOST_TEST(read.notes.list.size() == 1u);
}

BOOST_AUTO_TEST_CASE(odd_notes_are_counted) {
  const auto read =
      read_bytes(track_file(bytes("\0\x90\x3C\x40\0\x80\x3C\0"      // no duration
                                  "\0\x90\x3E\x40\x64\x90\x40\x40"  // D4 never ends
                                  "\x64\x80\x40\0\0\x80\x50\0\0\xFF\x2F\0")));
  BOOST_TEST(read.without_duration == 1u);
  BOOST_TEST(read.without_end == 1u);
  BOOST_REQUIRE(read.notes.list.size() == 2);
  BOOST_TEST(read.notes.list[0].offset_s == 1.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_key_struck_again_while_it_sounds) {
  const Notes notes{{{1, 2, 60, 50}, {1.5, 2.5, 60, 70}, {2.5, 3, 60, 90}}};
  write_midi(scratch("again.mid"), notes);
  const auto read = read_midi(scratch("again.mid")).notes;
  BOOST_REQUIRE(read.list.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(std::abs(read.list[i].onset_s - notes.list[i].onset_s) < 1e-3);
    BOOST_TEST(std::abs(read.list[i].offset_s - notes.list[i].offset_s) < 1e-3);
    BOOST_TEST(read.list[i].velocity == notes.list[i].velocity);
  }
}

BOOST_AUTO_TEST_CASE(the_file_says_960_ticks_a_quarter_at_120) {
  write_midi(scratch("ticks.mid"), {{{1, 1.5, 60, 64}}});
  const std::string file = tivit::read_file(scratch("ticks.mid"));
  BOOST_TEST(file.substr(12, 2) == bytes("\x03\xC0"));
  BOOST_TEST(file.find(bytes("\xFF\x51\x03\x07\xA1\x20")) != std::string::npos);
  BOOST_TEST(file.find(bytes("\x8F\x00\x90\x3C\x40\x87\x40")) != std::string::npos, "1920 ticks, on, 960 ticks");
}

BOOST_AUTO_TEST_CASE(what_is_no_midi_file_is_refused_with_the_byte) {
  const std::string good = track_file(bytes("\0\x90\x3C\x40\x64\x80\x3C\0\0\xFF\x2F\0"));
  const auto refused = [](const std::string& content) -> std::string {
    try {
      plain_midi(content, "x.mid");
    } catch (const tivit::Error& error) {
      return error.what();
    }
    return "accepted";
  };
  BOOST_TEST(refused("") == "x.mid, byte 0: this is no MIDI file: it does not begin with MThd; give a standard MIDI file (.mid)");
  BOOST_TEST(refused(good.substr(0, 30)) == "x.mid, byte 22: the file ends 4 bytes too early; the file is damaged or no MIDI file");
  BOOST_TEST(refused(track_file(bytes("\0\xF4\0"))) ==
             "x.mid, byte 24: status byte 244 has no place in a file; the file is damaged or no MIDI file");
  BOOST_TEST(refused(track_file(bytes("\0\x3C\x40"))) == "x.mid, byte 23: data without a status byte; the file is damaged or no MIDI file");
  BOOST_TEST(refused(track_file(bytes("\0\x90\x3C\x80"))) == "x.mid, byte 26: a data byte above 127; the file is damaged or no MIDI file");
  BOOST_TEST(refused(track_file("", bytes("\0\2\0\1\0\x64"))) ==
             "x.mid, byte 14: MIDI format 2 is not supported; save it as format 0 or 1");
  BOOST_TEST(refused(track_file("", bytes("\0\0\0\1\xE7\x28"))) ==
             "x.mid, byte 14: times are in frames a second, not ticks a quarter; save it with a resolution in ticks a quarter");
  BOOST_TEST(refused(track_file("", bytes("\0\0\0\1\0\0"))) ==
             "x.mid, byte 14: a quarter has 0 ticks, and so nothing says when a note is; the file is damaged or no MIDI file");
  BOOST_TEST(refused(track_file("", bytes("\0\1\0\2\0\x64"))) ==
             "x.mid, byte 22: the file ends after 1 of 2 tracks; the file is damaged or no MIDI file");
  BOOST_CHECK_THROW(read_midi(scratch("absent.mid")), tivit::Error);
}

BOOST_AUTO_TEST_CASE(random_damage_never_ends_the_program) {
  std::mt19937 random(11);
  Notes notes;
  for (int i = 0; i < 40; ++i) notes.list.push_back({0.1 * i, 0.1 * i + 0.35, 40 + i, 64});
  write_midi(scratch("whole.mid"), notes);
  const std::string whole = tivit::read_file(scratch("whole.mid"));
  int read = 0, refused = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 1 + round % 4; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    if (round % 3 == 0) damaged.resize(random() % damaged.size());
    std::ofstream(scratch("damaged.mid"), std::ios::binary) << damaged;
    try {
      const auto content = read_midi(scratch("damaged.mid"));
      for (const auto& note : content.notes.list) BOOST_REQUIRE(note.offset_s > note.onset_s);
      ++read;
    } catch (const tivit::Error&) {
      ++refused;
    }
  }
  BOOST_TEST(read > 100);
  BOOST_TEST(refused > 500);
}

BOOST_AUTO_TEST_CASE(notes_that_no_file_can_hold_are_named) {
  BOOST_CHECK_EXCEPTION(write_midi(scratch("never.mid"), {{{1, 1, 60, 64}}}), tivit::Error,
                        [](const tivit::Error& e) { return e.problem() == "the note at 1.000000 s ends at 1.000000 s"; });
  BOOST_CHECK_THROW(write_midi(scratch("never.mid"), {{{1, 2, 60, 0}}}), tivit::Error);
  BOOST_CHECK_THROW(write_midi(scratch("never.mid"), {{{1, 2, 128, 1}}}), tivit::Error);
  BOOST_TEST(!fs::exists(scratch("never.mid")));
}

BOOST_AUTO_TEST_CASE(the_sinks_name_files_after_recordings) {
  tivit::RunContext run;
  run.directory = scratch("run");
  fs::remove_all(run.directory);
  tivit::Context context;
  context.run_ = &run;
  tivit::data::Clip clip;
  clip.name = "a/b";
  context.in_.set(clip);
  const auto notes = tivit::Payload::of(Notes{{{0.5, 1.25, 60, 64}}});
  auto midi = tivit::Registry::instance().find("notes/midi").make(), text = tivit::Registry::instance().find("notes/text").make();
  midi->call({{"notes", notes}}, context);
  BOOST_TEST(read_midi(run.directory / "midi" / "a/b.mid").notes.list.size() == 1u);
  text->set("to", {(run.directory / "out").string()});
  text->call({{"notes", notes}}, context);
  BOOST_TEST(tivit::read_file(run.directory / "out" / "a/b.txt") == "0.500000\t1.250000\t60\n");
  midi->call({{"notes", notes}}, context);  // the same item, tried again
  context.id_ = {0, 1};
  BOOST_CHECK_EXCEPTION(midi->call({{"notes", notes}}, context), tivit::Error,
                        [](const tivit::Error& e) { return e.problem() == "two recordings are called \"a/b\""; });

  // A file begins at 0.
  clip.name = "early";
  context.in_.set(clip);
  midi->call({{"notes", tivit::Payload::of(Notes{{{-0.2, -0.1, 59, 64}, {-0.013, 0.5, 60, 64}, {1, 2, 61, 64}}})}}, context);
  const auto early = read_midi(run.directory / "midi" / "early.mid").notes.list;
  BOOST_TEST_REQUIRE(early.size() == 2u);
  BOOST_TEST((early[0].onset_s == 0 && early[0].pitch == 60));

  clip.name = "early text";
  context.in_.set(clip);
  text->call({{"notes", tivit::Payload::of(Notes{{{-0.2, -0.1, 59, 64}, {-0.013, 1e-7, 60, 64}, {1, 1.0000001, 61, 64}}})}}, context);
  BOOST_TEST(tivit::read_file(run.directory / "out" / "early text.txt") == "0.000000\t0.000001\t60\n1.000000\t1.000001\t61\n");

  // Without labels is not silent.
  for (auto* stage : {midi.get(), text.get()})
    for (const bool labelled : {false, true}) {
      clip.name = labelled ? "silent" : "bare";
      context.in_.set(clip);
      stage->call({{"notes", tivit::Payload::of(Notes{{}, labelled})}}, context);
    }
  for (const fs::path file : {"midi/silent.mid", "out/silent.txt"}) BOOST_TEST(fs::exists(run.directory / file), file);
  for (const fs::path file : {"midi/bare.mid", "out/bare.txt"}) BOOST_TEST(!fs::exists(run.directory / file), file);

  auto source = tivit::Registry::instance().find("notes/read").make();
  source->set("files", {tivit::ParameterValue::List{{(run.directory / "midi" / "a/b.mid").string()}}});
  tivit::Context first, second;
  first.id_ = {0, 0}, second.id_ = {0, 1};
  first.spec_ = second.spec_ = &tivit::Registry::instance().find("notes/read");
  const auto read = source->next(first);
  BOOST_REQUIRE(read);
  BOOST_CHECK(read->at(0).as<Notes>().list == notes.as<Notes>().list);
  BOOST_TEST(first.out_.find<tivit::SourceName>()->clip == "b");
  BOOST_TEST(!source->next(second));
}

BOOST_AUTO_TEST_SUITE_END()
