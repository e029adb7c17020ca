// A run that stands says, stage by stage, what each waits for. Stages here are held until the test lets them go.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <tivit/run.hpp>
#include <tivit/stall_watch.hpp>

#include "../pipeline/numbers.hpp"
#include "../pipeline/plan_by_hand.hpp"

namespace {
using namespace tivit;
using tests::Number;
using tests::PlanByHand;

std::atomic<std::int64_t> held_at{-1};  ///< value on which a stage of the kind below stands

/// Stands still on one value.
struct Gate {
  static void contract(Contract<Gate>& c) {
    c.map("the value, when it may go on").parallel();
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n, Context& context) const {
    while (held_at == n.value && !context.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return n;
  }
};
TIVIT_STAGE("waits/gate", Gate)

struct Box : Resource {
  static void contract(Contract<Box>& c) { c.resource("box", "nothing in it"); }
};
TIVIT_RESOURCE("waits/box", Box)

struct Take {
  std::shared_ptr<Box> box;
  static void contract(Contract<Take>& c) {
    c.map("the value, with the lease of the box");
    c.uses("box", &Take::box, "box", true);
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n) { return n; }
};
TIVIT_STAGE("waits/take", Take)

/// Checks what is said of a run that comes to a stand because of `held`: until then it says other things.
void says(const Plan& plan, std::int64_t held, const std::map<std::string, std::string>& wanted) {
  held_at = held;
  RunContext context;
  context.training = plan.training;
  context.cancel_flag = std::make_shared<std::atomic<bool>>(false);
  Run run(plan, context);
  std::thread thread([&] {
    try {
      run.execute();
    } catch (const Cancelled&) {
    }
  });
  std::map<std::string, std::string> said;
  for (int i = 0; i < 2000 && said != wanted; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    said.clear();
    for (const auto& wait : run.waits()) {
      if (wanted.count(wait.stage) == 0) continue;
      std::string& text = said[wait.stage];
      text += (text.empty() ? "" : "; ") + wait.text.substr(0, wait.text.rfind(" ("));
    }
  }
  run.cancel();
  thread.join();
  for (const auto& [stage, text] : wanted) BOOST_TEST(said[stage] == text, stage << ": " << said[stage]);
}

ParameterValue integer(std::int64_t value) { return {value}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(waits)

BOOST_AUTO_TEST_CASE(a_long_call_is_named_with_those_that_wait_before_and_after_it) {
  PlanByHand p;
  p.plan.threads.pipeline = 2;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(100)}});
  const int gate = p.add("gate", "waits/gate", {count});
  const int sum = p.add("sum", "numbers/affine", {gate});
  p.add("note", "numbers/note", {sum}, {{"list", {std::string("waits")}}});
  p.plan.stages[static_cast<std::size_t>(gate)].concurrency = 1;
  says(p.plan, 3,
       {{"gate", "works on item 0/3"},
        {"count", "waits for room in the inbox of gate, which has 4 of 4"},
        {"sum", "waits for gate"},
        {"note", "waits for sum"}});
}

BOOST_AUTO_TEST_CASE(calls_that_have_ended_wait_for_their_turn) {
  PlanByHand p;
  p.plan.threads.pipeline = 3;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(100)}});
  const int gate = p.add("gate", "waits/gate", {count});
  p.add("note", "numbers/note", {gate}, {{"list", {std::string("waits")}}});
  says(p.plan, 3,
       {{"gate",
         "works on item 0/3; waits for room in the inbox of note, which has 0 of 5 and 5 promised; 4 of its calls have ended and wait "
         "for their turn after item 0/3"}});
}

BOOST_AUTO_TEST_CASE(who_holds_a_lease_and_where_it_is) {
  PlanByHand p;
  p.plan.training = true;
  p.plan.threads.pipeline = 2;
  p.plan.resources = {{"box", &Registry::instance().find("waits/box"), {}}};
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(100)}});
  const int take = p.add("take", "waits/take", {count});
  const int gate = p.add("gate", "waits/gate", {take});
  p.add("note", "numbers/note", {gate}, {{"list", {std::string("waits")}}});
  p.plan.stages[static_cast<std::size_t>(take)].resources = {{"box", 0}};
  says(p.plan, 2, {{"take", "waits for the lease of box, held by item 0/2 in stage gate"}, {"gate", "works on item 0/2; waits for take"}});
}

BOOST_AUTO_TEST_CASE(bytes_in_flight_and_who_made_them) {
  PlanByHand p;
  p.plan.threads.pipeline = 2;
  p.plan.memory_bytes = 4 << 20;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(100)}, {"size", integer(2 << 20)}});
  p.add("gate", "waits/gate", {count});
  // An item that gate stands on, one that it has made of the next, and one that it is going to make.
  says(p.plan, 0,
       {{"count",
         "waits for memory: 6 MiB of 4 MiB are in flight or promised, its next item is about 2 MiB, and 2 MiB were made by count"}});
}

BOOST_AUTO_TEST_CASE(an_emit_that_stands_still_and_a_gather_that_holds_members) {
  PlanByHand p;
  p.plan.threads.pipeline = 1;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(100)}});
  const int spread = p.add("spread", "numbers/spread", {count});  // value % 4 parts of each
  const int gate = p.add("gate", "waits/gate", {spread});
  const int sum = p.add("sum", "numbers/sum", {gate});
  p.add("note", "numbers/note", {sum}, {{"list", {std::string("waits")}}});
  p.plan.stages[static_cast<std::size_t>(gate)].concurrency = 1;
  // of 2 are made 2 and 3; of 3 then 3, 4 and 5
  says(p.plan, 3,
       {{"gate", "works on item 0/2/1"},
        {"sum", "waits for gate; it holds 1 items until the end of recording 0/2"},
        {"spread", "in the middle of item 0/3, waits for room in the inbox of gate, which has 2 of 3 and 1 promised"}});
}

BOOST_AUTO_TEST_CASE(the_whole_is_put_in_one_text) {
  BOOST_TEST(waits_text(31.04, {{"clips", "waits for room (31.0 s)", false, 31}, {"forward", "works on item 0/2 (31.0 s)", true, 31}}) ==
             "no call has ended for 31.0 s; longest at work: forward, works on item 0/2 (31.0 s)\n"
             "  clips    waits for room (31.0 s)\n"
             "  forward  works on item 0/2 (31.0 s)");
}

BOOST_AUTO_TEST_SUITE_END()
