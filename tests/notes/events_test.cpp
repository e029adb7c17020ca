// Onset peaks between the rows, ends by the frame curve, repeated notes.
#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/logit.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stages/keyboard/key_geometry.hpp>
#include <stages/notes/note.hpp>
#include <tivit/tensor/stage.hpp>

namespace {

using tivit::notes::Note;
using tivit::notes::Notes;

/// Rolls as the recipe's targets draw them: triangles of 0.1 s around onsets, covered fractions of the cells around each row.
struct Rolls {
  at::Tensor onset, frame;
  tivit::TimeGrid grid;
  Rolls(int rows, double rate) : onset(at::zeros({rows, 88})), frame(at::zeros({rows, 88})), grid(tivit::TimeGrid::from_rate(rate)) {}
  void add(const Note& note) {
    auto on = onset.accessor<float, 2>(), fr = frame.accessor<float, 2>();
    for (int t = 0; t < onset.size(0); ++t) {
      const double at_s = grid.seconds_at(t), half = grid.hop_seconds() / 2;
      const int key = note.pitch - tivit::notes::lowest_pitch;
      on[t][key] = std::max<float>(on[t][key], std::max(0.0, 1 - std::abs(at_s - note.onset_s) / 0.1));
      fr[t][key] += std::max(0.0, std::min(at_s + half, note.offset_s) - std::max(at_s - half, note.onset_s)) / (2 * half);
    }
  }
  Notes decode(const std::vector<std::pair<std::string, tivit::ParameterValue>>& values = {}, tivit::Context context = {}) const {
    return decode_rolls(onset, frame, values, std::move(context));
  }
  Notes decode_rolls(const at::Tensor& on, const at::Tensor& fr, const std::vector<std::pair<std::string, tivit::ParameterValue>>& values,
                     tivit::Context context = {}) const {
    const auto& spec = tivit::Registry::instance().find("notes/events");
    auto stage = spec.make();
    stage->set("input", {std::string("probabilities")});
    for (const auto& [name, value] : values) stage->set(name, spec.parameter(name)->checked(value));
    context.in_.set(grid);
    return stage->call({{"rolls", tivit::Payload::of(tivit::Fields{{"onset", on}, {"frame", fr}})}}, context).at(0).as<Notes>();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(drawn_notes_come_back_to_a_fraction_of_a_row) {
  for (const double rate : {20.0, 25.0, 29.97}) {
    Rolls rolls(static_cast<int>(8 * rate), rate);
    std::vector<Note> drawn;
    for (int i = 0; i < 12; ++i) drawn.push_back({0.3 + 0.613 * i, 0.3 + 0.613 * i + 0.17 + 0.021 * i, 40 + (i * 7) % 30, 64});
    for (const auto& note : drawn) rolls.add(note);
    const auto found = rolls.decode();
    BOOST_REQUIRE(found.list.size() == drawn.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      BOOST_TEST(found.list[i].pitch == drawn[i].pitch);
      BOOST_TEST(std::abs(found.list[i].onset_s - drawn[i].onset_s) < 1e-4);
      BOOST_TEST(std::abs(found.list[i].offset_s - drawn[i].offset_s) < 0.5 / rate);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_key_struck_again_ends_the_note_before) {
  Rolls rolls(40, 20);
  rolls.add({0.5, 0.8, 60, 64});
  rolls.add({0.8, 1.2, 60, 64});
  const auto found = rolls.decode();
  BOOST_REQUIRE(found.list.size() == 2);
  BOOST_TEST(found.list[0].offset_s == found.list[1].onset_s);
  BOOST_TEST(found.list[1].onset_s == 0.8, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(a_note_struck_soon_after_the_one_before_keeps_its_length) {
  // The frame curve dips below frame_end between the two; the onset's own sub-frame time lies before the second note's first row.
  for (const double rate : {20.0, 25.0, 29.97, 60.0})
    for (int gap_ms = 5; gap_ms <= 95; gap_ms += 5) {
      Rolls rolls(static_cast<int>(4 * rate), rate);
      const std::vector<Note> drawn{{0.5, 1.0171, 60, 64}, {1.0171 + 1e-3 * gap_ms, 1.9, 60, 64}};
      for (const auto& note : drawn) rolls.add(note);
      const auto found = rolls.decode();
      BOOST_REQUIRE(found.list.size() == 2);
      BOOST_TEST(std::abs(found.list[0].offset_s - drawn[0].offset_s) < 0.1, rate << " rows/s, " << gap_ms << " ms");
      BOOST_TEST(std::abs(found.list[1].offset_s - drawn[1].offset_s) < 0.05, rate << " rows/s, " << gap_ms << " ms");
    }
}

BOOST_AUTO_TEST_CASE(of_peaks_that_are_too_close_the_higher_one_stays) {
  Rolls rolls(40, 20);
  auto on = rolls.onset.accessor<float, 2>();
  rolls.frame.narrow(0, 10, 10).select(1, 30).fill_(1);
  on[10][30] = 0.6f, on[11][30] = 0.55f, on[12][30] = 0.9f, on[13][30] = 0.5f;
  BOOST_TEST(rolls.decode().list.size() == 1);
  BOOST_TEST(rolls.decode({{"merge", {0.05}}}).list.size() == 2);
  BOOST_TEST(rolls.decode().list[0].onset_s == 20.0 / 20 * 0.6, boost::test_tools::tolerance(0.05));
}

BOOST_AUTO_TEST_CASE(an_onset_without_a_sounding_key_is_no_note) {
  Rolls rolls(40, 20);
  rolls.onset[20][12] = 0.95;
  BOOST_TEST(rolls.decode().list.empty());
  rolls.frame[23][12] = 0.31;
  BOOST_REQUIRE(rolls.decode().list.size() == 1);
  BOOST_TEST(rolls.decode().list[0].offset_s - rolls.decode().list[0].onset_s == 0.05, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(rolls.decode({{"support", {0.1}}}).list.empty());
}

BOOST_AUTO_TEST_CASE(a_peak_between_two_rows_is_near_both_however_short_the_support) {
  Rolls rolls(60, 20);
  rolls.add({1.02, 1.6, 60, 64});
  for (const double support : {0.0, 0.01, 0.15}) BOOST_TEST(rolls.decode({{"support", {support}}}).list.size() == 1U, support);
}

BOOST_AUTO_TEST_CASE(the_support_is_near_the_onset) {
  Rolls rolls(40, 20);
  BOOST_CHECK_NO_THROW(rolls.decode({{"support", {10.0}}}));
  BOOST_CHECK_THROW(rolls.decode({{"support", {1e9}}}), tivit::Error);
}

BOOST_AUTO_TEST_CASE(logits_give_the_same_notes_as_probabilities) {
  Rolls rolls(60, 20);
  rolls.add({0.513, 1.04, 33, 64});
  rolls.add({1.777, 2.44, 101, 64});
  const auto plain = rolls.decode();
  const auto logits = rolls.decode_rolls(at::logit(rolls.onset, 1e-7), at::logit(rolls.frame, 1e-7), {{"input", {std::string("logits")}}});
  BOOST_REQUIRE(plain.list.size() == 2);
  BOOST_REQUIRE(logits.list.size() == 2);
  for (int i : {0, 1}) BOOST_TEST(std::abs(plain.list[i].onset_s - logits.list[i].onset_s) < 1e-5);
}

BOOST_AUTO_TEST_CASE(a_key_held_to_the_end_ends_with_the_last_row) {
  Rolls rolls(20, 20);
  rolls.add({0.5, 5, 60, 64});
  BOOST_TEST(rolls.decode().list.at(0).offset_s == 19.5 / 20, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(keys_that_the_picture_lacks_have_no_notes) {
  Rolls rolls(40, 20);
  rolls.add({0.5, 0.8, 21, 64});
  rolls.add({0.5, 0.8, 22, 64});
  tivit::Context context;
  tivit::keyboard::KeyGeometry geometry;
  geometry.keys.resize(1);
  geometry.keys[0].present = false;
  context.in_.set(geometry);
  const auto found = rolls.decode({}, context);
  BOOST_REQUIRE(found.list.size() == 1);
  BOOST_TEST(found.list[0].pitch == 22);
}

BOOST_AUTO_TEST_CASE(broken_numbers_are_named_not_decoded) {
  Rolls rolls(10, 20);
  rolls.onset[3][4] = std::nanf("");
  BOOST_CHECK_EXCEPTION(rolls.decode(), tivit::Error,
                        [](const tivit::Error& e) { return e.where() == "row 3, column 4 of the onset roll"; });
  rolls.onset[3][4] = -2.5;
  BOOST_CHECK_EXCEPTION(rolls.decode(), tivit::Error, [](const tivit::Error& e) {
    return std::string(e.what()) ==
           "row 3, column 4 of the onset roll: -2.500000 is no probability; set `input = \"logits\"` if the sigmoid is still to come";
  });
}

BOOST_AUTO_TEST_SUITE_END()
