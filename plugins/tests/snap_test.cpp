// notes/snap: tempos and moves that can be told without it.
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <random>
#include <stages/notes/note.hpp>
#include <tivit/codec.hpp>
#include <tivit/tensor/stage.hpp>
#include <tivit/testing/conformance.hpp>
#include <tivit/time.hpp>

#include "notes/tempo.hpp"

namespace {

using tivit::notes::Notes;

/// Eighths at this tempo, later by `late_s`, each off by up to ±`jitter_s`.
Notes eighths(double bpm, int count, double late_s, double jitter_s) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> off(-jitter_s, jitter_s);
  Notes notes;
  for (int i = 0; i < count; ++i) {
    const double onset = late_s + i * 30 / bpm + off(random);
    notes.list.push_back({onset, onset + 0.1, 60 + i % 5, 64});
  }
  return notes;
}

Notes snapped(const Notes& notes, const at::Tensor& onset = {}, double hop_s = 0.05) {
  tivit::testing::Harness stage("notes/snap");
  stage.attach(tivit::TimeGrid::from_rate(1 / hop_s));
  return stage({tivit::Payload::of(notes), onset.defined() ? tivit::Payload::of(onset) : tivit::Payload()}).at(0).as<Notes>();
}

double furthest_off(const Notes& notes, double bpm, double late_s) {
  double most = 0;
  for (const auto& note : notes.list) {
    const double eighth = (note.onset_s - late_s) * bpm / 30;
    most = std::max(most, std::abs(eighth - std::round(eighth)) * 30 / bpm);
  }
  return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(snap_plugin)

BOOST_AUTO_TEST_CASE(the_tempo_of_a_metronome_is_found) {
  for (const double bpm : {90.0, 100.0, 132.0}) {
    std::vector<snap::Onset> onsets;
    for (int i = 0; i < 40; ++i) onsets.push_back({0.3 + i * 60 / bpm, 1});
    const auto tempo = snap::estimate_tempo(onsets, {});
    BOOST_TEST(tempo.bpm == bpm);  // twice the tempo fits as well; of equal ones the slower is taken
    BOOST_TEST(tempo.score > 0.999);
    BOOST_TEST(snap::grid_phase(onsets, 60 / bpm) == std::fmod(0.3, 60 / bpm), boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(few_or_unsure_notes_have_no_tempo) {
  std::vector<snap::Onset> onsets(11);
  for (std::size_t i = 0; i < onsets.size(); ++i) onsets[i] = {0.5 * static_cast<double>(i), 1};
  BOOST_TEST(snap::estimate_tempo(onsets, {}).bpm == 0);
  onsets.push_back({6, 0.1});
  BOOST_TEST(snap::estimate_tempo(onsets, {}).bpm == 0);
  onsets.back().confidence = 0.2;
  BOOST_TEST(snap::estimate_tempo(onsets, {}).bpm > 0);
  BOOST_TEST(snap::estimate_tempo(std::vector<snap::Onset>(20), {}).bpm == 0);  // one chord
}

BOOST_AUTO_TEST_CASE(onsets_move_half_way_to_the_grid) {
  const auto played = eighths(120, 64, 0.2, 0.02);
  const auto out = snapped(played);
  BOOST_TEST_REQUIRE(out.list.size() == played.list.size());
  // The grid is as late as the onsets are on the whole: within a few milliseconds of 0.2 s.
  BOOST_TEST(furthest_off(out, 120, 0.2) < 0.5 * furthest_off(played, 120, 0.2) + 0.004);
  for (std::size_t i = 0; i < out.list.size(); ++i) {
    BOOST_TEST(std::abs(out.list[i].onset_s - played.list[i].onset_s) <= 0.5 * 0.035 + 1e-12);
    BOOST_TEST(out.list[i].offset_s - out.list[i].onset_s == 0.1, boost::test_tools::tolerance(1e-9));
  }
  const auto exact = eighths(120, 64, 0, 0);
  const auto same = snapped(exact);
  for (std::size_t i = 0; i < same.list.size(); ++i) BOOST_TEST(std::abs(same.list[i].onset_s - exact.list[i].onset_s) < 1e-9);
}

BOOST_AUTO_TEST_CASE(notes_that_the_network_doubts_stay) {
  auto played = eighths(120, 64, 0.2, 0);
  played.list[10].onset_s += 0.03;
  played.list[20].onset_s += 0.03;
  auto onset = at::zeros({600, 88}, at::kFloat);
  for (std::size_t i = 0; i < played.list.size(); ++i) {
    const auto row = std::lround(played.list[i].onset_s / 0.05);
    onset[row][played.list[i].pitch - 21] = i == 10 ? 0.1 : 0.9;
  }
  const auto out = snapped(played, onset);
  BOOST_TEST(out.list[10].onset_s == played.list[10].onset_s);
  BOOST_TEST(out.list[20].onset_s == played.list[20].onset_s - 0.015, boost::test_tools::tolerance(2e-4));
  onset[std::lround(played.list[5].onset_s / 0.05)][played.list[5].pitch - 21] = 3.0;
  BOOST_CHECK_EXCEPTION(snapped(played, onset), tivit::Error, [](const tivit::Error& e) {
    return std::string(e.what()).find("is no probability; put a sigmoid in front") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(it_conforms) {
  tivit::add_codec<Notes>(
      "notes",
      [](const Notes& notes) {
        return std::string(reinterpret_cast<const char*>(notes.list.data()), notes.list.size() * sizeof notes.list[0]);
      },
      [](std::string_view bytes) {
        Notes notes;
        notes.list.resize(bytes.size() / sizeof notes.list[0]);
        std::memcpy(notes.list.data(), bytes.data(), bytes.size());
        return notes;
      });
  std::vector<tivit::testing::Given> items;
  for (const double bpm : {90, 100, 120, 132}) items.push_back({{{"notes", tivit::Payload::of(eighths(bpm, 64, 0.2, 0.02))}}});
  TIVIT_CONFORMS("notes/snap", {}, items);
}

BOOST_AUTO_TEST_SUITE_END()
