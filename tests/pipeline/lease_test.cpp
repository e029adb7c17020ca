// Leases: one holder at a time, in item order, from the stage that takes it to the last copy of the item; and the graphs
// that are called in between.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <map>
#include <tivit/run.hpp>

#include "numbers.hpp"
#include "plan_by_hand.hpp"

namespace {
using namespace tivit;
using tests::Number;
using tests::PlanByHand;

/// Writes down who held it.
struct Ledger : Resource {
  std::vector<std::string> lines, opened;
  int holders = 0;
  static void contract(Contract<Ledger>& c) { c.resource("ledger", "a list that only one item at a time may write to"); }
  void lease_begins(const Lease& lease) override {
    BOOST_REQUIRE(++holders == 1);
    lines.push_back((lease.shared_run ? "eval " : lease.training ? "train " : "use ") + lease.item.text());
  }
  void lease_ends() override { --holders; }
};
TIVIT_RESOURCE("ledger/list", Ledger)

struct Take {
  std::shared_ptr<Ledger> ledger;
  static void contract(Contract<Take>& c) {
    c.map("takes the lease");
    c.uses("ledger", &Take::ledger, "ledger", true);
    c.in("number", "number");
    c.out("number", "number");
  }
  void open(RunContext& run) { ledger->opened.push_back((run.training ? "train " : "eval ") + std::to_string(run.epochs)); }
  Number operator()(const Number& n) {
    ledger->lines.push_back("forward " + std::to_string(n.value));
    return n;
  }
};
TIVIT_STAGE("ledger/take", Take)

struct Write {
  std::shared_ptr<Ledger> ledger;
  int throws_at = 0;
  static void contract(Contract<Write>& c) {
    c.sink("writes under the lease");
    c.uses("ledger", &Write::ledger, "ledger");
    c.param("throws_at", &Write::throws_at).doc("throws on every n-th value");
    c.in("number", "number");
  }
  void operator()(const Number& n) {
    tests::dawdle(500);
    BOOST_REQUIRE(ledger->holders == 1);
    if (throws_at && n.value % throws_at == throws_at - 1) throw Error("cannot write this");
    ledger->lines.push_back("step " + std::to_string(n.value));
  }
  void scope_end(Context& c) { ledger->lines.push_back("end " + c.scope().kind + " " + c.scope().id.text()); }
};
TIVIT_STAGE("ledger/write", Write)

/// Preparation k + 1 and step k wait for each other to begin: a run that does not overlap them makes no rendezvous.
struct Rendezvous {
  std::atomic<std::int64_t> prepared{-1}, stepped{-1};
  std::atomic<bool> missed{false};
  void wait(const std::atomic<std::int64_t>& other, std::int64_t value) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (other < value && !missed) {
      if (std::chrono::steady_clock::now() > until) missed = true;
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }
} rendezvous;

struct Prepare {
  static void contract(Contract<Prepare>& c) {
    c.map("ends once the step before it has begun");
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n) {
    rendezvous.prepared = n.value;
    rendezvous.wait(rendezvous.stepped, n.value - 1);
    return n;
  }
};
TIVIT_STAGE("ledger/prepare", Prepare)

struct Step {
  std::shared_ptr<Ledger> ledger;
  int last = 0;
  static void contract(Contract<Step>& c) {
    c.sink("under the lease, ends once the next preparation has begun");
    c.uses("ledger", &Step::ledger, "ledger");
    c.param("last", &Step::last).doc("value of the last item");
    c.in("number", "number");
  }
  void operator()(const Number& n) {
    rendezvous.stepped = n.value;
    if (n.value < last) rendezvous.wait(rendezvous.prepared, n.value + 1);
  }
};
TIVIT_STAGE("ledger/step", Step)

struct Training {
  PlanByHand outer, inner;
  explicit Training(int items, int throws_at = 0) {
    const PlanResource ledger{"ledger", &Registry::instance().find("ledger/list"), {}};
    inner.plan.name = "eval";
    inner.plan.resources = {ledger};
    const int counted = inner.add("count", "numbers/count", {}, {{"items", {std::int64_t{2}}}});
    inner.plan.stages[static_cast<std::size_t>(inner.add("take", "ledger/take", {counted}))].resources = {{"ledger", 0}};

    outer.plan.epochs = 2;
    outer.plan.training = true;
    outer.plan.threads.pipeline = 4;
    outer.plan.resources = {ledger};
    const int count = outer.add("count", "numbers/count", {}, {{"items", {std::int64_t{items}}}});
    const int take = outer.add("take", "ledger/take", {count});
    const int loss = outer.add("loss", "numbers/affine", {take}, {{"factor", {std::int64_t{1}}}, {"max_us", {std::int64_t{500}}}});
    const int sum = outer.add("sum", "numbers/add", {loss, take});
    const int write = outer.add("write", "ledger/write", {sum}, {{"throws_at", {std::int64_t{throws_at}}}});
    for (int stage : {take, write}) outer.plan.stages[static_cast<std::size_t>(stage)].resources = {{"ledger", 0}};
    for (auto& stage : outer.plan.stages) stage.on_error.action = OnError::Do::skip;
    outer.plan.after.push_back({"epoch", "eval", {{0, 0}}, std::make_shared<const Plan>(inner.plan)});
  }
};

std::vector<std::string> run(const Training& training) {
  RunContext context;
  context.training = true;
  Run run(training.outer.plan, context);
  run.execute();
  return std::static_pointer_cast<Ledger>(run.resources().at(0))->lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(leases)

BOOST_AUTO_TEST_CASE(batches_are_stepped_one_by_one_and_evaluation_takes_its_place_between_epochs) {
  const auto lines = run(Training(3));
  std::vector<std::string> kinds;
  for (const auto& line : lines)
    kinds.push_back(line.substr(0, line.find(' ')) +
                    (line.starts_with("step") || line.starts_with("forward") ? "" : line.substr(line.find(' '))));
  const std::vector<std::string> expected{
      "train 0/0", "forward", "step",     "train 0/1", "forward",     "step",    "train 0/2", "forward", "step",  //
      "eval 0/0",  "forward", "eval 0/1", "forward",   "end epoch 0",                                             //
      "train 1/0", "forward", "step",     "train 1/1", "forward",     "step",    "train 1/2", "forward", "step",  //
      "eval 0/0",  "forward", "eval 0/1", "forward",   "end epoch 1", "end run "};
  BOOST_TEST(kinds == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_called_graph_is_opened_in_its_own_mode_each_time) {
  const Training training(1);
  RunContext context;
  context.training = true;
  context.epochs = 2;
  Run run(training.outer.plan, context);
  run.execute();
  // The caller, the trial before it begins, then one call an epoch.
  const std::vector<std::string> expected{"train 2", "eval 1", "eval 1", "eval 1"};
  BOOST_TEST(std::static_pointer_cast<Ledger>(run.resources().at(0))->opened == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lease_ends_with_its_item_when_a_stage_throws) {
  const auto lines = run(Training(20, 3));
  BOOST_TEST(std::count_if(lines.begin(), lines.end(), [](const auto& l) { return l.starts_with("train"); }) == 40);
  BOOST_TEST(std::count_if(lines.begin(), lines.end(), [](const auto& l) { return l.starts_with("step"); }) < 40);
}

BOOST_AUTO_TEST_CASE(what_comes_next_is_prepared_while_a_step_runs) {
  // The recorded timeline: the preparation of item n + 1 begins before step n ends and ends after it began, for every n.
  constexpr std::int64_t items = 20;
  PlanByHand p;
  p.plan.threads.pipeline = 2;
  p.plan.training = true;
  p.plan.resources = {{"ledger", &Registry::instance().find("ledger/list"), {}}};
  const int count = p.add("count", "numbers/count", {}, {{"items", {items}}});
  const int prepare = p.add("prepare", "ledger/prepare", {count});
  const int take = p.add("take", "ledger/take", {prepare});
  const int step = p.add("step", "ledger/step", {take}, {{"last", {items - 1}}});
  for (int stage : {take, step}) p.plan.stages[static_cast<std::size_t>(stage)].resources = {{"ledger", 0}};
  RunHooks hooks;
  hooks.trace = std::make_shared<Trace>();
  RunContext context;
  context.training = true;
  Run(p.plan, context, hooks).execute();
  BOOST_TEST(!rendezvous.missed);
  std::map<std::string, std::map<std::string, TraceCall>> calls;  // by stage and item
  for (const auto& [stage, call] : hooks.trace->calls()) calls[stage][call.item.text()] = call;
  for (int n = 0; n + 1 < items; ++n) {
    const TraceCall& now = calls["step"].at("0/" + std::to_string(n));
    const TraceCall& next = calls["prepare"].at("0/" + std::to_string(n + 1));
    BOOST_TEST((next.begin_s < now.end_s && next.end_s > now.begin_s));
  }
}

BOOST_AUTO_TEST_SUITE_END()
