// metrics/steps beyond the golden figures: padded batches, models of whole clips, saved state; and what it refuses.
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>

#include <cmath>
#include <limits>
#include <stages/report/json_value.hpp>
#include <tests/call_stage.hpp>

namespace {

using nlohmann::json;
using tivit::Fields;
using tivit::Payload;
using tivit::tests::MadeStage;

struct Collect final : tivit::Emit {
  json got;
  void put(std::vector<Payload> outputs) override { got = outputs.at(0).as<json>(); }
};

void add(MadeStage& steps, const Fields& logits, const Fields& batch, const Payload& loss = {}) {
  Collect none;
  steps.stage->add({{"logits", Payload::of(logits)}, {"batch", Payload::of(batch)}, {"loss", loss}}, none, steps.context);
}
json finish(MadeStage& steps) {
  Collect collect;
  steps.stage->finish(collect, steps.context);
  return collect.got;
}

/// Both heads, cells (member, step, key) high.
Fields rolls(const std::string& prefix, std::int64_t members, std::int64_t steps, const std::vector<std::array<int, 3>>& cells, double low,
             double high) {
  const auto roll = at::full({members, steps, 88}, low);
  for (const auto& [member, step, key] : cells) roll[member][step][key] = high;
  return {{prefix + "onset", roll}, {prefix + "offset", roll}};
}

std::string problem(const tivit::tests::Settings& settings, const Fields& batch) {
  try {
    MadeStage steps("metrics/steps", settings);
    steps.open();
    add(steps, rolls("", 1, 4, {}, -9, 9), batch);
  } catch (const tivit::Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(steps)

BOOST_AUTO_TEST_CASE(padded_rows_do_not_count) {
  MadeStage steps("metrics/steps");
  steps.open();
  // The second member has 2 of 4 rows; what lies behind them is neither predicted nor missed.
  Fields batch = rolls("targets.", 2, 4, {{0, 1, 39}, {1, 0, 5}, {1, 3, 5}}, 0, 1);
  auto mask = at::ones({2, 4}, at::kBool);
  mask[1].slice(0, 2).fill_(false);
  batch.set("mask", mask);
  add(steps, rolls("", 2, 4, {{0, 1, 39}, {0, 2, 40}, {1, 3, 6}}, -9, 9), batch);
  const json report = finish(steps);
  BOOST_TEST(report["batches"] == 1);
  const json onset = report["rows"][0]["onset"];
  BOOST_TEST(onset["cells"] == 6 * 88);
  BOOST_TEST(onset["tp"] == 1);
  BOOST_TEST(onset["fp"] == 1);
  BOOST_TEST(onset["fn"] == 1);
  BOOST_TEST(report["values"]["onset_pos_rate"].get<double>() == 2.0 / 6, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(report["values"]["onset_f1"].get<double>() == 0.5, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(steps_of_two_rows_are_positive_where_one_of_them_is) {
  MadeStage steps("metrics/steps", {{"tolerance", {1.0}}});
  steps.open();
  add(steps, rolls("", 1, 2, {{0, 0, 39}}, -9, 9), rolls("targets.", 1, 4, {{0, 3, 39}}, 0, 1));
  const json onset = finish(steps)["rows"][0]["onset"];
  BOOST_TEST(onset["tp"] == 0);
  BOOST_TEST(onset["event_tp"] == 1);
}

BOOST_AUTO_TEST_CASE(a_model_of_clips_is_scored_by_clip) {
  MadeStage steps("metrics/steps");
  steps.open();
  const auto logits = at::full({3, 88}, -9.0);
  logits[0][39] = 9, logits[1][40] = 9;
  const auto target = at::zeros({3, 88});
  target[0][39] = 1, target[2][39] = 1;
  const auto hand = at::zeros({3, 2}), clef = at::zeros({3, 3});
  hand.select(1, 1).fill_(1);
  clef.select(1, 2).fill_(1);
  add(steps, {{"pitch", logits}, {"onset", logits}, {"offset", logits}, {"hand", hand}, {"clef", clef}},
      {{"targets.clip.pitch", target},
       {"targets.clip.onset", target},
       {"targets.clip.offset", target},
       {"targets.clip.hand", at::ones({3}, at::kLong)},
       {"targets.clip.clef", at::zeros({3}, at::kLong)}});
  const json values = finish(steps)["values"];
  BOOST_TEST(values["hand_acc"] == 1.0);
  BOOST_TEST(values["clef_acc"] == 0.0);
  for (const char* figure : {"pitch_acc", "onset_f1"}) BOOST_TEST(values[figure].get<double>() == 0.5, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(saved_state_goes_on_and_a_report_empties_the_stage) {
  MadeStage one("metrics/steps"), other("metrics/steps");
  one.open(), other.open();
  const auto logits = rolls("", 1, 4, {{0, 1, 39}}, -9, 9), batch = rolls("targets.", 1, 4, {{0, 1, 39}, {0, 2, 3}}, 0, 1);
  add(one, logits, batch);
  other.stage->load_state(one.stage->save_state());
  add(one, logits, batch), add(other, logits, batch);
  const json report = finish(one);
  BOOST_TEST(report == finish(other));
  BOOST_TEST(report["rows"][0]["onset"]["tp"] == 2);
  BOOST_TEST(finish(one)["batches"] == 0);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_goes_through_saved_state) {
  MadeStage one("metrics/steps"), other("metrics/steps");
  one.open(), other.open();
  const auto logits = rolls("", 1, 4, {{0, 1, 39}}, -9, 9), batch = rolls("targets.", 1, 4, {{0, 1, 39}}, 0, 1);
  const double infinite = std::numeric_limits<double>::infinity();
  add(one, logits, batch,
      Payload::of(Fields{{"total", at::full({}, std::nan(""))},
                         {"pitch", at::full({}, infinite)},
                         {"onset", at::full({}, -infinite)},
                         {"offset", at::full({}, 0.1)}}));
  other.stage->load_state(one.stage->save_state());
  BOOST_TEST(other.stage->save_state() == one.stage->save_state());
  const json values = finish(other)["values"];
  BOOST_TEST(std::isnan(values["total"].get<double>()));
  BOOST_TEST(values["pitch"].get<double>() == infinite);
  BOOST_TEST(values["onset"].get<double>() == -infinite);
  BOOST_TEST(values["offset"] == finish(one)["values"]["offset"]);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_scored_is_refused) {
  BOOST_TEST(problem({{"onset_thresholds", {tivit::ParameterValue::List{{0.1}, {0.2}}}}}, {}) ==
             "there are 2 onset_thresholds and 1 offset_thresholds; give both lists the same length");
  BOOST_TEST(problem({}, {{"frames", at::zeros({1})}}).find("onset") != std::string::npos);
  BOOST_TEST(problem({}, {{"targets.onset", at::zeros({1, 4, 60})}, {"targets.offset", at::zeros({1, 4, 60})}}) ==
             "targets have 60 pitches, the logits have 88; make targets of 88 keys or of 128 pitches");
}

BOOST_AUTO_TEST_CASE(a_batch_that_fails_leaves_no_trace) {
  MadeStage steps("metrics/steps");
  steps.open();
  const auto logits = rolls("", 1, 4, {{0, 1, 39}}, -9, 9);
  add(steps, logits, rolls("targets.", 1, 4, {{0, 1, 39}}, 0, 1));
  const std::string before = steps.stage->save_state();
  Fields batch = rolls("targets.", 1, 4, {{0, 1, 39}}, 0, 1);
  batch.set("targets.offset", at::zeros({1, 4, 60}));
  BOOST_CHECK_THROW(add(steps, logits, batch), tivit::Error);
  BOOST_TEST(steps.stage->save_state() == before);
}

BOOST_AUTO_TEST_SUITE_END()
