// Runs of cells as notes, and the plain threshold.
#include <ATen/core/Tensor.h>
#include <ATen/ops/zeros.h>

#include <boost/test/unit_test.hpp>
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

BOOST_AUTO_TEST_SUITE_END()
