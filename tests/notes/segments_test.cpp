// Runs of cells as notes, and the plain threshold.
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stages/notes/note.hpp>
#include <tivit/tensor/stage.hpp>

BOOST_AUTO_TEST_SUITE(segments)

BOOST_AUTO_TEST_CASE(runs_are_notes_and_are_cut_where_the_key_is_struck_again) {
  auto stage = tivit::Registry::instance().find("notes/segments").make();
  auto active = at::zeros({12, 88}, at::kBool), onsets = at::zeros({12, 88}, at::kBool);
  active.narrow(0, 2, 6).select(1, 39).fill_(true);
  active.narrow(0, 10, 2).select(1, 87).fill_(true);
  onsets.narrow(0, 2, 1).select(1, 39).fill_(true);
  onsets.narrow(0, 5, 2).select(1, 39).fill_(true);
  tivit::Context context;
  context.in_.set(tivit::TimeGrid::from_rate(10));
  const auto notes = stage->call({{"active", tivit::Payload::of(active)}, {"onsets", tivit::Payload::of(onsets)}}, context)
                         .at(0)
                         .as<tivit::notes::Notes>();
  BOOST_REQUIRE(notes.list.size() == 3);
  BOOST_CHECK(notes.list[0] == (tivit::notes::Note{0.2, 0.5, 60, 64}));
  BOOST_CHECK(notes.list[1] == (tivit::notes::Note{0.5, 0.8, 60, 64}));
  BOOST_TEST(notes.list[2].pitch == 108);
  BOOST_TEST(notes.list[2].offset_s == 1.2, boost::test_tools::tolerance(1e-12));
  const auto whole = stage->call({{"active", tivit::Payload::of(active)}, {"onsets", {}}}, context).at(0).as<tivit::notes::Notes>();
  BOOST_TEST(whole.list.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_notes_own_onset_may_be_a_row_late) {
  auto stage = tivit::Registry::instance().find("notes/segments").make();
  const auto found = [&](std::vector<int> struck) {
    auto active = at::zeros({12, 88}, at::kBool), onsets = at::zeros({12, 88}, at::kBool);
    active.narrow(0, 2, 8).select(1, 39).fill_(true);
    for (const int row : struck) onsets[row][39] = true;
    tivit::Context context;
    context.in_.set(tivit::TimeGrid::from_rate(10));
    return stage->call({{"active", tivit::Payload::of(active)}, {"onsets", tivit::Payload::of(onsets)}}, context)
        .at(0)
        .as<tivit::notes::Notes>()
        .list.size();
  };
  BOOST_TEST(found({3}) == 1);
  BOOST_TEST(found({3, 6}) == 2);
  BOOST_TEST(found({4}) == 2);
  BOOST_TEST(found({2, 4}) == 2);
}

BOOST_AUTO_TEST_CASE(notes_of_steps_of_two_rows_are_neither_early_nor_late) {
  auto stage = tivit::Registry::instance().find("notes/segments").make();
  const auto rows = tivit::TimeGrid::from_rate(20, tivit::nanoseconds(0.5));
  // A note of every phase between the rows; a row sounds from that nearest to its beginning to before that nearest to its end.
  double early_s = 0, late_s = 0;
  const int phases = 200;
  for (int i = 0; i < phases; ++i) {
    const double onset_s = 0.5 + 4 * 0.05 + 0.1 * i / phases, offset_s = onset_s + 0.43;
    auto active = at::zeros({10, 88}, at::kBool);
    for (auto row = std::llround(rows.row_at(onset_s)); row < std::llround(rows.row_at(offset_s)); ++row) active[row / 2][39] = true;
    tivit::Context context;
    context.in_.set(rows.coarser(2));
    const auto found =
        stage->call({{"active", tivit::Payload::of(active)}, {"onsets", {}}}, context).at(0).as<tivit::notes::Notes>().list.at(0);
    BOOST_TEST(std::abs(found.onset_s - onset_s) <= 0.0501);
    BOOST_TEST(std::abs(found.offset_s - offset_s) <= 0.0501);
    early_s += (found.onset_s - onset_s) / phases;
    late_s += (found.offset_s - offset_s) / phases;
  }
  BOOST_TEST(std::abs(early_s) < 1e-3);
  BOOST_TEST(std::abs(late_s) < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_threshold_keeps_what_reaches_it) {
  auto stage = tivit::Registry::instance().find("notes/threshold").make();
  stage->set("onset", {0.25});
  auto roll = at::zeros({2, 88});
  roll[1][3] = 0.25;
  roll[0][4] = 0.24999;
  tivit::Context context;
  const auto active = stage->call({{"roll", tivit::Payload::of(roll)}}, context).at(0).as<at::Tensor>();
  BOOST_TEST(active.sum().item<int>() == 1);
  BOOST_TEST(active[1][3].item<bool>());
}

BOOST_AUTO_TEST_CASE(a_probability_reaches_its_own_threshold_in_every_stage) {
  using tivit::Payload;
  // As float32 some of these are less than as double, some more.
  for (const double value : {0.1, 0.3, 0.36, 0.5, 0.6, 0.7, 0.8, 0.9}) {
    auto roll = at::zeros({5, 88});
    for (int row = 1; row < 4; ++row) roll[row][3] = value;
    const auto stage = [](const char* use, const std::vector<std::string>& gates, double threshold) {
      const auto& spec = tivit::Registry::instance().find(use);
      auto made = spec.make();
      if (spec.parameter("input")) made->set("input", {std::string("probabilities")});
      for (const auto& gate : gates) made->set(gate, {threshold});
      return made;
    };
    tivit::Context context;
    context.in_.set(tivit::TimeGrid::from_rate(20));
    const auto count = [](const std::vector<Payload>& out) { return out.at(0).as<at::Tensor>().sum().item<int>(); };
    BOOST_TEST(count(stage("notes/threshold", {"onset"}, value)->call({{"roll", Payload::of(roll)}}, context)) == 3, value);
    BOOST_TEST(count(stage("notes/hysteresis", {"open", "hold"}, value)->call({{"roll", Payload::of(roll)}}, context)) == 3, value);
    const tivit::Fields rolls{{"onset", roll}, {"frame", roll}};
    const auto notes =
        stage("notes/events", {"onset", "frame_support", "frame_end"}, value)->call({{"rolls", Payload::of(rolls)}}, context);
    BOOST_TEST_REQUIRE(notes.at(0).as<tivit::notes::Notes>().list.size() == 1u, value);
    BOOST_TEST(notes.at(0).as<tivit::notes::Notes>().list[0].offset_s > 0.14, value);
  }
}

BOOST_AUTO_TEST_SUITE_END()
