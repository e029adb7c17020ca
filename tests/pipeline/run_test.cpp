// The executor against a plain sequential interpreter of the same plan.
#include <boost/test/unit_test.hpp>
#include <tivit/run.hpp>

#include "numbers.hpp"
#include "plan_by_hand.hpp"
#include "sequential.hpp"

namespace {
using namespace tivit;
using tests::Note;
using tests::PlanByHand;

ParameterValue integer(std::int64_t value) { return {value}; }
ParameterValue text(const char* value) { return {std::string(value)}; }

/// A small item, then large ones, each of which takes a while.
struct Swell {
  int large = 0;
  static void contract(Contract<Swell>& c) {
    c.map("numbers that claim more bytes from the second on").parallel();
    c.param("large", &Swell::large).doc("bytes that the second and later ones claim");
    c.in("number", "number");
    c.out("number", "number");
  }
  tests::Number operator()(const tests::Number& n) const {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return {n.value, n.value == 0 ? 2048U : static_cast<std::size_t>(large)};
  }
};
TIVIT_STAGE("run_test/swell", Swell)

/// Everything at once: fan-out, joins (same stream and ancestor's), nested scopes, groups given back, failures and drops.
PlanByHand busy_plan(int workers, int max_us) {
  PlanByHand p;
  p.plan.epochs = 2;
  p.plan.seed = 11;
  p.plan.threads.pipeline = workers;
  p.plan.memory_bytes = 1 << 20;
  const auto us = integer(max_us);
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(25)}, {"size", integer(100000)}, {"max_us", us}});
  const int a = p.add("a", "numbers/affine", {count}, {{"max_us", us}, {"throws_at", integer(11)}, {"size", integer(300000)}});
  const int b = p.add("b", "numbers/affine", {count}, {{"max_us", us}, {"factor", integer(7)}, {"drops_at", integer(9)}});
  const int joined = p.add("joined", "numbers/add", {a, b}, {{"max_us", us}});
  const int spread = p.add("spread", "numbers/spread", {count}, {{"max_us", us}, {"throws_at", integer(10)}});
  const int parts = p.add("parts", "numbers/affine", {spread}, {{"max_us", us}, {"throws_at", integer(8)}, {"size", integer(50000)}});
  const int with_parent = p.add("with_parent", "numbers/add", {parts, b}, {{"max_us", us}});
  const int groups = p.add("groups", "numbers/group", {with_parent}, {{"size", integer(4)}});
  const int worked = p.add("worked", "numbers/affine", {groups}, {{"max_us", us}, {"throws_at", integer(6)}});
  const int back = p.add("back", "numbers/ungroup", {worked});
  const int sum = p.add("sum", "numbers/sum", {back});
  const int last = p.add("last", "numbers/add", {sum, joined}, {{"max_us", us}});
  p.add("note_last", "numbers/note", {last}, {{"list", text("last")}, {"max_us", us}});
  p.add("note_back", "numbers/note", {back}, {{"list", text("back")}});
  p.add("note_joined", "numbers/note", {joined}, {{"list", text("joined")}});
  const int run_groups = p.add("run_groups", "numbers/group", {last}, {{"size", integer(5)}, {"scope", text("run")}});
  p.add("note_groups", "numbers/note", {run_groups}, {{"list", text("groups")}});
  for (auto& stage : p.plan.stages) stage.on_error.action = OnError::Do::skip;
  return p;
}

struct Observed {
  std::map<std::string, std::vector<std::string>> lists;
  std::uint64_t failures = 0;
};

Observed observe(const Plan& plan) {
  RunContext context;
  context.seed = plan.seed;
  Run run(plan, context);
  run.execute();
  const auto account = run.account();
  return {Note::lists(), account.failed()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run)

BOOST_AUTO_TEST_CASE(the_executor_gives_what_a_sequential_interpreter_gives) {
  const PlanByHand reference = busy_plan(1, 0);
  RunContext context;
  context.seed = reference.plan.seed;
  tests::Sequential sequential(reference.plan, context);
  sequential.execute();
  const auto expected = Note::lists();
  BOOST_TEST(expected.at("last").size() > 20);
  BOOST_TEST(sequential.failures > 10);
  for (int workers : {1, 2, 8}) {
    for (int round = 0; round < 5; ++round) {
      const PlanByHand p = busy_plan(workers, workers == 1 ? 0 : 300);
      const Observed seen = observe(p.plan);
      BOOST_TEST_CONTEXT(workers << " workers, round " << round) {
        for (const auto& [name, lines] : expected) BOOST_TEST(seen.lists.at(name) == lines, boost::test_tools::per_element());
        BOOST_TEST(seen.failures == sequential.failures);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_failing_stage_ends_the_run_and_is_named) {
  PlanByHand p;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(1000)}});
  const int bad = p.add("bad", "numbers/affine", {count}, {{"throws_at", integer(5)}});
  p.add("note", "numbers/note", {bad}, {{"list", text("fail")}});
  RunContext context;
  Run run(p.plan, context);
  BOOST_CHECK_EXCEPTION(run.execute(), Error,
                        [](const Error& e) { return std::string(e.what()) == "stage \"bad\", item 0/4: value 4 is not liked"; });
  BOOST_TEST(run.account().stages[0].in < 1000u);
}

BOOST_AUTO_TEST_CASE(bytes_in_flight_stay_within_the_budget_and_one_item_with_a_sink_ten_times_too_slow) {
  PlanByHand p;
  p.plan.threads.pipeline = 4;
  p.plan.memory_bytes = 1 << 20;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(200)}, {"size", integer(200000)}, {"max_us", integer(200)}});
  const int big = p.add("big", "numbers/affine", {count}, {{"size", integer(400000)}, {"max_us", integer(200)}});
  p.add("slow", "numbers/note", {big}, {{"list", text("slow")}, {"max_us", integer(2000)}});
  RunContext context;
  Run run(p.plan, context);
  run.execute();
  BOOST_TEST(run.progress().peak_bytes <= (1 << 20) + 400000);
  BOOST_TEST(run.progress().bytes_in_flight == 0);
}

BOOST_AUTO_TEST_CASE(bytes_in_flight_stay_within_the_budget_and_one_item_where_the_first_item_is_a_small_one) {
  constexpr int large = 1 << 20;
  PlanByHand p;
  p.plan.threads.pipeline = 4;
  p.plan.memory_bytes = 9 * large / 2;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(60)}});
  const int swell = p.add("swell", "run_test/swell", {count}, {{"large", integer(large)}});
  p.add("slow", "numbers/note", {swell}, {{"list", text("swell")}, {"max_us", integer(4000)}});
  RunContext context;
  Run run(p.plan, context);
  run.execute();
  BOOST_TEST(run.progress().peak_bytes <= static_cast<std::int64_t>(p.plan.memory_bytes) + large);
  BOOST_TEST(run.progress().peak_bytes > 3 * large);  // the budget is made use of
}

BOOST_AUTO_TEST_CASE(stages_that_do_not_know_their_items_yet_do_not_step_over_the_budget_together) {
  constexpr int large = 1 << 20;
  PlanByHand p;
  p.plan.threads.pipeline = 8;
  p.plan.memory_bytes = 4 * large;
  for (int i = 0; i < 8; ++i) {
    const std::string number = std::to_string(i);
    const int count =
        p.add("count" + number, "numbers/count", {}, {{"items", integer(20)}, {"size", integer(large)}, {"max_us", integer(2000)}});
    p.add("note" + number, "numbers/note", {count}, {{"list", {number}}, {"max_us", integer(2000)}});
  }
  RunContext context;
  Run run(p.plan, context);
  run.execute();
  BOOST_TEST(run.progress().peak_bytes <= 5 * large);
}

BOOST_AUTO_TEST_CASE(an_inbox_beside_a_slow_stage_stays_small) {
  PlanByHand p;
  p.plan.threads.pipeline = 2;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(4000)}});
  const int quick = p.add("quick", "numbers/affine", {count}, {});
  p.add("quick_sink", "numbers/note", {quick}, {{"list", text("quick_sink")}});
  const int groups = p.add("groups", "numbers/group", {quick}, {{"size", integer(100)}});
  const int slow = p.add("slow", "numbers/affine", {groups}, {{"max_us", integer(4000)}});
  p.add("slow_sink", "numbers/note", {slow}, {{"list", text("slow_sink")}});
  RunContext context;
  Run run(p.plan, context);
  run.execute();
  std::map<std::string, std::uint64_t> most;
  for (const auto& stage : run.account().stages)
    for (const auto& inbox : stage.inboxes) most[stage.stage] = std::max(most[stage.stage], inbox.most_queued);
  constexpr std::uint64_t ends = 2;  // of the epoch and of the run: they wait for no room
  for (const auto& [stage, queued] : most) BOOST_TEST_CONTEXT(stage) BOOST_TEST(queued <= 16U + ends);
  for (const char* beside : {"slow", "slow_sink"}) BOOST_TEST_CONTEXT(beside) BOOST_TEST(most.at(beside) <= 4U + ends);  // threads + 2
  BOOST_TEST(most.at("slow") > 0U);
}

BOOST_AUTO_TEST_CASE(cancelling_ends_a_run_that_would_go_on) {
  PlanByHand p;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(100000000)}});
  p.add("slow", "numbers/note", {count}, {{"list", text("cancel")}, {"max_us", integer(1000)}});
  RunContext context;
  Run run(p.plan, context);
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    run.cancel();
  });
  BOOST_CHECK_THROW(run.execute(), Cancelled);
  other.join();
}

BOOST_AUTO_TEST_SUITE_END()
