// The progress lines: what they say of a run whose figures are known, and how they break.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <tivit/frame_range.hpp>
#include <tivit/progress.hpp>
#include <tivit/run.hpp>

#include "numbers.hpp"
#include "plan_by_hand.hpp"

using namespace tivit;

namespace {

/// A recording of 40 rows, a row at a time.
struct RowByRow {
  static void contract(Contract<RowByRow>& c) {
    c.expand("rows of a recording", "recording").attaches<FrameRange>();
    c.in("number", "number");
    c.out("row", "number");
  }
  void operator()(const tests::Number&, Emit& emit, Context& context) const {
    for (int row = 100; row < 140; ++row) {
      context.set(FrameRange{row, row + 1, 140});
      emit(tests::Number{row});
    }
  }
};
TIVIT_STAGE("numbers/row_by_row", RowByRow)

struct Watched {
  Plan plan;
  RunProgress before, now;
  std::map<std::string, RunContext::Values> metrics;
  Watched() {
    plan.epochs = 5;
    plan.threads.pipeline = 2;
    before.stages = {{"clips", 100, 100, 0, 0, 0, 1, 1}, {"strips", 98, 98, 1, 4, 1, 2, 20}, {"step", 12, 0, 0, 4, 0, 1, 0}};
    now = before;
    now.stages[0].in += 20;
    now.stages[1].in += 19, now.stages[1].queued = 4;
    now.stages[2].in += 3;
    now.memory = 64 << 20;
    now.bytes_in_flight = 5 << 20;
    now.epoch = 2;
    now.share = 0.25;
  }
  void worked(double clips, double strips, double step) {
    for (std::size_t i = 0; i < 3; ++i) now.stages[i].busy_s = before.stages[i].busy_s + (i == 0 ? clips : i == 1 ? strips : step);
  }
  std::string text(std::size_t width = 200) const {
    std::string text;
    for (const auto& line : progress_lines(progress_pieces({plan, before, now, 2, 61, metrics}), width)) text += line + "\n";
    return text;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(every_stage_stands_with_its_rate_and_its_inbox) {
  Watched run;
  run.worked(0.1, 3.8, 0.5);  // in 2 s; strips may run twice at a time
  run.metrics["train"] = {{"loss", 0.03125}, {"rate", 3e-4}};
  BOOST_TEST(run.text() ==
             "1:01  epoch 3 of 5  25 %  3:03 left  5 of 64 MiB  limited by strips, busy 95 %\n"
             "clips 10.0/s  strips 9.5/s 4/4  step 1.5/s\n"
             "train: loss 0.03125  rate 0.0003\n");
  BOOST_TEST(run.text(0) ==
             "1:01  epoch 3 of 5  25 %  3:03 left  5 of 64 MiB  limited by strips, busy 95 %  clips 10.0/s  strips 9.5/s 4/4  step 1.5/s  "
             "train: loss 0.03125  rate 0.0003\n");
  BOOST_TEST(run.text(32) ==
             "1:01  epoch 3 of 5  25 %\n3:03 left  5 of 64 MiB\nlimited by strips, busy 95 %\n"
             "clips 10.0/s  strips 9.5/s 4/4\nstep 1.5/s\ntrain: loss 0.03125  rate 0.0003\n");
}

BOOST_AUTO_TEST_CASE(a_recording_is_done_in_part_while_it_is_put_together) {
  tests::PlanByHand p;
  p.plan.threads.pipeline = 2;
  const int count = p.add("count", "numbers/count", {}, {{"items", {std::int64_t{2}}}});
  const int rows = p.add("rows", "numbers/row_by_row", {count});
  const int slow = p.add("slow", "numbers/affine", {rows}, {{"max_us", {std::int64_t{4000}}}});
  p.add("note", "numbers/note", {p.add("sum", "numbers/sum", {slow})}, {{"list", {std::string("progress")}}});
  RunContext context;
  Run run(p.plan, context);
  std::vector<double> shares;
  std::atomic<bool> ended{false};
  std::thread watcher([&] {
    while (!ended) {
      if (const auto share = run.progress().share; share && (shares.empty() || shares.back() != *share)) shares.push_back(*share);
      std::this_thread::yield();
    }
  });
  run.execute();
  ended = true;
  watcher.join();
  BOOST_TEST(std::is_sorted(shares.begin(), shares.end()));
  // Two recordings of 40 rows: besides 0, 1/2 and 1 there is what lies between.
  BOOST_TEST(std::ranges::count_if(shares, [](double share) { return share > 0 && share < 0.5; }) > 3);
  BOOST_TEST(run.progress().share.value() == 1.0);
}

BOOST_AUTO_TEST_CASE(what_limits_a_run_is_said) {
  const auto limit = [](const Watched& run) {
    const std::string text = run.text(), first = text.substr(0, text.find('\n'));
    return first.substr(first.rfind("  ") + 2);
  };
  Watched run;
  run.worked(1.2, 1.3, 1);
  BOOST_TEST(limit(run) == "limited by 2 pipeline threads, most for strips");
  run.worked(0.2, 0.6, 0.8);
  BOOST_TEST(limit(run) == "busiest: step 40 %");
  run.now.bytes_in_flight = 60 << 20;
  BOOST_TEST(limit(run) == "limited by memory");
  run.worked(0.2, 0.6, 1.9);
  BOOST_TEST(limit(run) == "limited by step, busy 95 %");
  run.now.called = "eval";
  BOOST_TEST(limit(run) == "waits for eval");
}

BOOST_AUTO_TEST_SUITE_END()
