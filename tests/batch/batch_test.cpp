// Batches are made, taken apart and stitched without a trace.
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>

#include <boost/test/unit_test.hpp>
#include <stages/batch/ragged.hpp>
#include <tivit/frame_range.hpp>
#include <tivit/tensor/stage.hpp>

#include "tests/file_size_limit.hpp"

namespace {
using namespace tivit;

struct Collect : Emit {
  std::vector<Payload> out;
  void put(std::vector<Payload> outputs) override { out.push_back(outputs.at(0)); }
};

Context named(const char* stage) {
  Context context;
  context.stage_ = stage;
  context.spec_ = &Registry::instance().find(stage);
  return context;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batches)

BOOST_AUTO_TEST_CASE(members_of_different_length_are_padded_and_masked) {
  auto stage = Registry::instance().find("batch/stack").make();
  stage->set("size", {std::int64_t{2}});
  Context context = named("batch/stack");
  Collect emit;
  stage->add({{"frames", Payload::of(at::ones({3, 2}))}, {"targets", Payload::of(Fields{{"onset", at::ones({3})}})}}, emit, context);
  BOOST_TEST(emit.out.empty());
  stage->add({{"frames", Payload::of(at::ones({2, 2}))}, {"targets", Payload::of(Fields{{"onset", at::ones({2})}})}}, emit, context);
  const Fields& batch = emit.out.at(0).as<Fields>();
  BOOST_TEST(batch.at("frames").sizes().vec() == (std::vector<std::int64_t>{2, 3, 2}), boost::test_tools::per_element());
  BOOST_TEST(batch.at("targets.onset").sum().item<float>() == 5);
  BOOST_TEST(batch.at("mask").sum().item<std::int64_t>() == 5);
  BOOST_TEST(!batch.at("mask")[1][2].item<bool>());
  Symbols symbols;
  BOOST_TEST(!emit.out[0].check(Registry::instance().find("batch/stack").outputs[0].type, symbols));
}

BOOST_AUTO_TEST_CASE(views_of_any_kind_are_stacked_as_they_are_seen) {
  const at::Tensor whole = at::arange(6 * 5 * 4 * 300, at::kLong).remainder(251).to(at::kByte).reshape({6, 5, 4, 300});
  std::vector<at::Tensor> views{whole,
                                whole.transpose(0, 3),
                                whole.permute({2, 0, 3, 1}),
                                whole.slice(3, 1, 300, 2),
                                whole.narrow(1, 2, 1),
                                whole[0].expand({3, 5, 4, 300}),
                                whole.narrow(3, 0, 0),
                                whole.narrow(3, 7, 3).to(at::kFloat).transpose(1, 2)};
  for (const std::int64_t run : {1, 7, 15, 16, 17, 42, 96, 150})
    views.push_back(whole.narrow(3, 0, 2 * run).unflatten(3, {2, run}).permute({0, 3, 1, 2, 4}));
  for (const auto& view : views)
    for (const auto& shorter : {view, view.narrow(0, 0, 2)}) {
      auto stage = Registry::instance().find("batch/stack").make();
      stage->set("size", {std::int64_t{2}});
      Context context = named("batch/stack");
      Collect emit;
      stage->add({{"x", Payload::of(view)}}, emit, context);
      stage->add({{"x", Payload::of(shorter)}}, emit, context);
      const at::Tensor batch = emit.out.at(0).as<Fields>().at("x");
      BOOST_TEST(batch.is_contiguous());
      BOOST_TEST(at::equal(batch[0], view));
      BOOST_TEST(at::equal(batch[1].narrow(0, 0, shorter.size(0)), shorter));
      BOOST_TEST(batch[1].narrow(0, shorter.size(0), view.size(0) - shorter.size(0)).sum().item<float>() == 0);
    }
}

BOOST_AUTO_TEST_CASE(the_last_batch_is_smaller_and_nothing_is_sent_for_nothing) {
  auto stage = Registry::instance().find("batch/stack").make();
  Context context = named("batch/stack");
  Collect emit;
  stage->finish(emit, context);
  BOOST_TEST(emit.out.empty());
  stage->add({{"items", Payload::of(Fields{{"x", at::ones({4})}})}}, emit, context);
  stage->finish(emit, context);
  BOOST_TEST(emit.out.at(0).as<Fields>().at("x").sizes().vec() == (std::vector<std::int64_t>{1, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(members_that_do_not_fit_name_the_field) {
  auto stage = Registry::instance().find("batch/stack").make();
  stage->set("size", {std::int64_t{2}});
  Context context = named("batch/stack");
  Collect emit;
  stage->add({{"frames", Payload::of(at::ones({3, 2}))}}, emit, context);
  BOOST_CHECK_EXCEPTION(stage->add({{"frames", Payload::of(at::ones({3, 5}))}}, emit, context), Error, [](const Error& e) {
    return std::string(e.what()) ==
           "field \"frames\" differs between members of a batch: [3, 2] and [3, 5]; members may differ in their first axis only";
  });
}

BOOST_AUTO_TEST_CASE(a_member_that_does_not_fit_leaves_the_batch_as_it_was) {
  auto stage = Registry::instance().find("batch/stack").make();
  stage->set("size", {std::int64_t{2}});
  Context context = named("batch/stack");
  struct Refuse : Collect {
    bool refuses = true;
    void put(std::vector<Payload> outputs) override {
      if (std::exchange(refuses, false)) throw Error("no room");
      Collect::put(std::move(outputs));
    }
  } emit;
  const auto says = [&](const Fields& item, const std::string& what) {
    BOOST_CHECK_EXCEPTION(stage->add({{"sample", Payload::of(item)}}, emit, context), Error,
                          [&](const Error& error) { return std::string(error.what()) == what; });
  };
  stage->add({{"sample", Payload::of(Fields{{"onset", at::full({3}, 1)}})}}, emit, context);
  says(Fields{}, "a record without fields cannot be stacked; give it a field");
  says(Fields{{"onset", at::ones({3})}, {"offset", at::ones({3})}},
       "members of a batch have different fields: \"onset\" and \"onset\", \"offset\"; give all the same");
  says(Fields{{"onset", at::full({3}, 2)}}, "no room");
  stage->add({{"sample", Payload::of(Fields{{"onset", at::full({3}, 3)}})}}, emit, context);
  const auto batch = emit.out.at(0).as<Fields>().at("onset");
  BOOST_TEST(batch.size(0) == 2);
  BOOST_TEST(batch[0][0].item<double>() == 1);
  BOOST_TEST(batch[1][0].item<double>() == 3);
}

BOOST_AUTO_TEST_CASE(split_cuts_members_to_their_length_on_a_coarser_grid) {
  auto stage = Registry::instance().find("batch/split").make();
  Context context = named("batch/split");
  Members members(3);
  members[0].id = {0, 0, 0};
  members[0].attachments.set(TimeGrid::from_rate(20, 1000));
  members[1].lost = Tombstone{"decode", "broken"};
  members[2].id = {0, 0, 2};
  members[2].attachments.set(TimeGrid::from_rate(20, 2000));
  members[2].attachments.set(FrameRange{8, 12});
  context.members_ = std::make_shared<Members>(members);
  context.in_.set(batch::Ragged{{9, 4}, 9, 2});
  Collect emit;
  stage->expand({{"batch", Payload::of(Fields{{"onset", at::arange(2 * 4 * 3).to(at::kFloat).reshape({2, 4, 3})}})}}, emit, context);
  BOOST_TEST(emit.out.size() == 2u);
  BOOST_TEST(emit.out[0].as<Fields>().at("onset").size(0) == 4);
  BOOST_TEST(emit.out[1].as<Fields>().at("onset").size(0) == 2);
  BOOST_TEST(emit.out[1].as<Fields>().at("onset")[0][0].item<float>() == 12);
  BOOST_TEST(context.find<TimeGrid>()->origin == 25'002'000);  // in the middle of two rows
  BOOST_TEST(context.find<TimeGrid>()->hop_seconds() == 0.1);
  BOOST_TEST((context.find<TimeGrid>()->unpooled() == TimeGrid::from_rate(20, 2000)));
  BOOST_TEST(context.find<FrameRange>()->first == 4);
  BOOST_TEST(context.find<FrameRange>()->end == 6);
}

BOOST_AUTO_TEST_CASE(fields_without_an_axis_of_time_are_given_back_whole_and_not_stitched) {
  auto stage = Registry::instance().find("batch/split").make();
  Context context = named("batch/split");
  Members members(2);
  members[1].id = {0, 0, 1};
  context.members_ = std::make_shared<Members>(members);
  context.in_.set(batch::Ragged{{96, 20}, 96, 2});
  Collect emit;
  stage->expand({{"batch", Payload::of(Fields{{"pitch", at::ones({2, 88})}, {"hand", at::ones({2, 2})}})}}, emit, context);
  BOOST_TEST(emit.out.at(1).as<Fields>().at("pitch").size(0) == 88);
  auto stitch = Registry::instance().find("batch/stitch").make();
  Context window = named("batch/stitch");
  window.in_.set(TimeGrid::from_rate(20));
  BOOST_CHECK_EXCEPTION(stitch->add({{"window", emit.out[0]}}, emit, window), Error, [](const Error& error) {
    return std::string(error.what()) ==
           "\"pitch\" has 88 rows and \"hand\" 2: what has no axis of time cannot be joined; let the model say something of every row "
           "(model/tivit: head_mode = \"frame\")";
  });
}

BOOST_AUTO_TEST_CASE(stitched_windows_give_the_whole_whatever_their_length) {
  const at::Tensor whole = at::arange(50).to(at::kFloat);
  for (const auto& [length, hop] : {std::pair{20, 10}, {16, 12}, {50, 50}, {30, 29}, {7, 7}, {20, 3}, {16, 1}}) {
    auto stage = Registry::instance().find("batch/stitch").make();
    Collect emit;
    for (int begin = 0; begin < 50; begin += hop) {
      Context context = named("batch/stitch");
      const int end = std::min(begin + length, 50);
      context.in_.set(TimeGrid::from_rate(20).from_row(begin));
      // Rows near a cut are wrong, as a model with a receptive field would give them.
      at::Tensor window = whole.slice(0, begin, end).clone();
      if (length - hop >= 4 && begin > 0) window.slice(0, 0, 2).fill_(-1);
      if (length - hop >= 4 && end < 50) window.slice(0, -2).fill_(-1);
      stage->add({{"window", Payload::of(Fields{{"x", window}})}}, emit, context);
      if (end == 50) break;
    }
    Context context = named("batch/stitch");
    stage->finish(emit, context);
    BOOST_TEST_CONTEXT("windows of " << length << " every " << hop) BOOST_TEST(at::equal(emit.out.at(0).as<Fields>().at("x"), whole));
  }
}

BOOST_AUTO_TEST_CASE(a_gap_between_windows_is_an_error) {
  auto stage = Registry::instance().find("batch/stitch").make();
  Collect emit;
  Context first = named("batch/stitch"), second = named("batch/stitch");
  first.in_.set(TimeGrid::from_rate(20));
  second.in_.set(TimeGrid::from_rate(20).from_row(9));
  stage->add({{"window", Payload::of(Fields{{"x", at::ones({5})}})}}, emit, first);
  BOOST_CHECK_THROW(stage->add({{"window", Payload::of(Fields{{"x", at::ones({5})}})}}, emit, second), Error);
}

BOOST_AUTO_TEST_CASE(a_window_that_begins_between_two_steps_is_an_error) {
  auto stage = Registry::instance().find("batch/stitch").make();
  Collect emit;
  Context first = named("batch/stitch"), second = named("batch/stitch");
  first.in_.set(TimeGrid::from_rate(20).coarser(2));
  second.in_.set(TimeGrid::from_rate(20).from_row(3).coarser(2));
  stage->add({{"window", Payload::of(Fields{{"x", at::ones({5})}})}}, emit, first);
  BOOST_CHECK_EXCEPTION(stage->add({{"window", Payload::of(Fields{{"x", at::ones({5})}})}}, emit, second), Error, [](const Error& error) {
    return std::string(error.what())
               .find(
                   "begins between two rows of those before; the model makes one row of 2: let hop, from window to window, be a multiple "
                   "of that") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(windows_of_another_kind_are_no_part_of_the_recording) {
  auto stage = Registry::instance().find("batch/stitch").make();
  Collect emit;
  const auto add = [&](Fields window) {
    Context context = named("batch/stitch");
    context.in_.set(TimeGrid::from_rate(20).from_row(window.begin()->second.size(0) == 6 ? 0 : 4));
    stage->add({{"window", Payload::of(std::move(window))}}, emit, context);
  };
  const auto says = [](const std::string& text) {
    return [text](const Error& error) { return std::string(error.what()).find(text) != std::string::npos; };
  };
  const at::Tensor six = at::arange(12).to(at::kFloat).reshape({6, 2}), five = six.slice(0, 1);
  add({{"x", six}, {"y", six}});
  BOOST_CHECK_EXCEPTION(add({{"x", five}}), Error, says("holds \"x\", those before \"x\", \"y\""));
  add({{"x", five}, {"y", five}});
  BOOST_CHECK_EXCEPTION(add({{"x", five}, {"y", five.to(at::kDouble)}}), Error, says("\"y\" of the window of"));
  BOOST_CHECK_EXCEPTION(add({{"x", five}, {"y", five.slice(1, 0, 1)}}), Error, says("has rows of f32[1], those before rows of f32[2]"));
  Context context = named("batch/stitch");
  stage->finish(emit, context);
  BOOST_TEST(emit.out.at(0).as<Fields>().at("y").size(0) == 9);
}

BOOST_AUTO_TEST_CASE(the_folder_of_a_called_graph_need_not_be_there) {
  RunContext run;
  run.directory = std::filesystem::temp_directory_path() / "tivit-not-there" / "eval" / "epoch-0";
  auto stage = Registry::instance().find("batch/stitch").make();
  stage->open(run);
  Collect emit;
  Context context = named("batch/stitch");
  context.in_.set(TimeGrid::from_rate(20));
  stage->add({{"window", Payload::of(Fields{{"x", at::ones({5})}})}}, emit, context);
  stage->finish(emit, context);
  BOOST_TEST(at::equal(emit.out.at(0).as<Fields>().at("x"), at::ones({5})));
  BOOST_TEST(!std::filesystem::exists(run.directory.parent_path().parent_path()));
}

BOOST_AUTO_TEST_CASE(a_full_disk_costs_the_recording_and_no_other) {
  auto stage = Registry::instance().find("batch/stitch").make();
  Collect emit;
  Context context = named("batch/stitch");
  context.in_.set(TimeGrid::from_rate(20));
  const auto add = [&] { stage->add({{"window", Payload::of(Fields{{"x", at::ones({3000, 88})}})}}, emit, context); };
  add();
  {
    const tests::FileSizeLimit full(100 << 10);
    BOOST_CHECK_EXCEPTION(stage->finish(emit, context), Error, [](const Error& error) {
      return std::string(error.what())
                 .find(
                     "rows cannot be written: File too large; the rows of a whole recording lie there until its end: "
                     "give --run-dir on a disk with room") != std::string::npos;
    });
  }
  add();
  {
    // What a window leaves behind is written when the next one comes.
    const tests::FileSizeLimit full(100 << 10);
    Context next = named("batch/stitch");
    next.in_.set(TimeGrid::from_rate(20).from_row(2500));
    BOOST_CHECK_EXCEPTION(stage->add({{"window", Payload::of(Fields{{"x", at::ones({3000, 88})}})}}, emit, next), Error,
                          [](const Error& error) { return std::string(error.what()).find("rows cannot be written") != std::string::npos; });
    BOOST_CHECK_THROW(stage->finish(emit, context), Error);  // the rest of a lost recording
  }
  BOOST_TEST(emit.out.empty());
  add();
  stage->finish(emit, context);
  BOOST_TEST(at::equal(emit.out.at(0).as<Fields>().at("x"), at::ones({3000, 88})));
}

BOOST_AUTO_TEST_SUITE_END()
