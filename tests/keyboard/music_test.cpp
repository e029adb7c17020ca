// Made-up pieces: playable, varied, and the same for the same seed.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <stages/keyboard/music.hpp>

using tivit::keyboard::compose;

BOOST_AUTO_TEST_SUITE(music)

BOOST_AUTO_TEST_CASE(a_seed_is_a_piece) {
  BOOST_CHECK(compose(3, 20).list == compose(3, 20).list);
  BOOST_CHECK(compose(3, 20).list != compose(4, 20).list);
}

BOOST_AUTO_TEST_CASE(keys_are_released_before_they_are_struck_again) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    std::map<int, double> free;
    double last = 0;
    for (const auto& note : compose(seed, 20).list) {
      BOOST_REQUIRE(note.pitch >= 21 && note.pitch <= 108);
      BOOST_REQUIRE(note.onset_s >= last);
      BOOST_REQUIRE(note.offset_s - note.onset_s > 0.03);
      BOOST_REQUIRE(note.offset_s < 20);
      if (free.count(note.pitch)) BOOST_REQUIRE(note.onset_s - free[note.pitch] > 0.0599);
      free[note.pitch] = note.offset_s;
      last = note.onset_s;
    }
  }
}

BOOST_AUTO_TEST_CASE(fast_runs_chords_repeated_notes_and_both_hands_are_there) {
  int fast = 0, chords = 0, repeated = 0, low = 0, high = 0, total = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto piece = compose(seed, 20);
    std::map<int, double> last;
    for (std::size_t i = 0; i < piece.list.size(); ++i) {
      const auto& note = piece.list[i];
      ++total;
      (note.pitch < 60 ? low : high)++;
      if (last.count(note.pitch) && note.onset_s - last[note.pitch] < 0.3) ++repeated;
      last[note.pitch] = note.onset_s;
      if (i == 0) continue;
      const double gap = note.onset_s - piece.list[i - 1].onset_s;
      if (gap < 0.02) ++chords;
      if (gap > 0.05 && gap < 0.16) ++fast;
    }
  }
  BOOST_TEST(total > 800);
  for (const int n : {fast, chords, repeated}) BOOST_TEST(n > total / 20);
  for (const int n : {low, high}) BOOST_TEST(n > total / 4);
}

BOOST_AUTO_TEST_SUITE_END()
