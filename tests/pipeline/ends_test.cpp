// What the end of a scope carries, and what becomes of those who fail at it.
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <tivit/run.hpp>

#include "numbers.hpp"
#include "plan_by_hand.hpp"

namespace {
struct Odd {};
}  // namespace

template <>
struct tivit::PortTraits<Odd> {
  static constexpr std::string_view name = "odd";
  static std::size_t bytes(const Odd&) { return 1; }
};

namespace {
using namespace tivit;
using tests::Note;
using tests::Number;
using tests::PlanByHand;

ParameterValue integer(std::int64_t value) { return {value}; }
ParameterValue text(const char* value) { return {std::string(value)}; }

/// Counts those who use it, and writes down what happens.
struct Tool : Resource {
  std::vector<std::string> lines;  // not guarded: the lease is what keeps writers apart
  std::atomic<int> holders{0};
  static void contract(Contract<Tool>& c) { c.resource("tool", "one item at a time may use it"); }
  void lease_begins(const Lease& lease) override {
    BOOST_REQUIRE(++holders == 1);
    lines.push_back("item " + lease.item.text());
  }
  void lease_ends() override { --holders; }
  std::string save_state() const override { return lines.empty() ? "unused" : lines.back(); }
};
TIVIT_RESOURCE("ends/tool", Tool)

struct Grasp {
  std::shared_ptr<Tool> tool;
  static void contract(Contract<Grasp>& c) {
    c.map("takes the tool");
    c.uses("tool", &Grasp::tool, "tool", true);
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n) { return n; }
};
TIVIT_STAGE("ends/grasp", Grasp)

/// At the end of an epoch it takes its time: who does not keep the tool until then is found out.
struct Close {
  std::shared_ptr<Tool> tool;
  static void contract(Contract<Close>& c) {
    c.sink("uses the tool at the end of an epoch");
    c.uses("tool", &Close::tool, "tool");
    c.in("number", "number");
  }
  void operator()(const Number&) {}
  void scope_end(Context& context) {
    if (context.scope().kind == "recording") return;  // its end keeps nobody out, and may come before the item of an empty one
    const int before = tool->holders;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (context.scope().kind == "epoch")
      BOOST_TEST((before == 0 && tool->holders == 0), "somebody uses the tool at " << context.scope().id.text());
    tool->lines.push_back("end " + context.scope().kind);
  }
};
TIVIT_STAGE("ends/close", Close)

/// One number a recording, or a failure when it has been sent already.
struct Moody {
  int throws_at = 0;
  std::int64_t sum_ = 0;
  static void contract(Contract<Moody>& c) {
    c.gather("sum of a recording, and sometimes a failure after it", "recording").one_per_scope();
    c.param("throws_at", &Moody::throws_at).doc("fails for every n-th recording");
    c.in("number", "number");
    c.out("sum", "number");
  }
  void add(const Number& n, Emit&) { sum_ += n.value; }
  void finish(Emit& emit, Context& context) {
    emit(Number{std::exchange(sum_, 0), 16});
    if (throws_at && static_cast<int>(context.scope().id[1]) % throws_at == throws_at - 1) throw Error("it changed its mind");
  }
};
TIVIT_STAGE("ends/moody", Moody)

/// Some groups become what no port downstream takes.
struct Spoil {
  static void contract(Contract<Spoil>& c) {
    c.map("a number, or a text");
    c.in("number", "any");
    c.out("number", "any");
  }
  Payload operator()(const Payload& given, const Context& context) const {
    return context.id().text() == "0/1" ? Payload::of(Odd{}) : given;
  }
};
TIVIT_STAGE("ends/spoil", Spoil)

/// Goes on in the next epoch where it was.
struct Tide {
  std::int64_t level_ = 0;
  int left_ = 3;
  static void contract(Contract<Tide>& c) {
    c.source("a level that rises over all epochs");
    c.out("number", "number");
  }
  std::optional<Number> next() {
    if (left_ == 0) return left_ = 3, std::nullopt;
    --left_;
    return Number{level_++, 8};
  }
  std::string save_state() const { return std::to_string(level_); }
  void load_state(std::string_view state) { level_ = std::stoll(std::string(state)); }
};
TIVIT_STAGE("ends/tide", Tide)

/// Has the tool without ever taking it.
struct Look {
  std::shared_ptr<Tool> tool;
  static void contract(Contract<Look>& c) {
    c.sink("looks on");
    c.uses("tool", &Look::tool, "tool");
    c.in("number", "number");
  }
  void operator()(const Number&) {}
};
TIVIT_STAGE("ends/look", Look)

PlanByHand training(int epochs, const std::vector<std::string>& tools) {
  PlanByHand p;
  p.plan.training = true;
  p.plan.epochs = epochs;
  p.plan.threads.pipeline = 4;
  for (const auto& name : tools) p.plan.resources.push_back({name, &Registry::instance().find("ends/tool"), {}});
  return p;
}

std::shared_ptr<Tool> tool_after(const PlanByHand& p) {
  RunContext context;
  context.training = true;
  context.epochs = p.plan.epochs;
  Run run(p.plan, context);
  run.execute();
  return std::static_pointer_cast<Tool>(run.resources().at(0));
}

void uses(PlanByHand& p, int stage, int tool) { p.plan.stages[static_cast<std::size_t>(stage)].resources = {{"tool", tool}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(ends)

BOOST_AUTO_TEST_CASE(the_end_of_an_epoch_keeps_the_lease_whichever_port_brings_it) {
  for (const bool first : {true, false}) {
    PlanByHand p = training(3, {"tool"});
    const int count = p.add("count", "numbers/count", {}, {{"items", integer(2)}});
    const int group = p.add("group", "numbers/group", {count}, {{"size", integer(1)}});
    const int grasp = p.add("grasp", "ends/grasp", {group});
    const int sum = first ? p.add("sum", "numbers/add", {grasp, group}) : p.add("sum", "numbers/add", {group, grasp});
    const int close = p.add("close", "ends/close", {sum});
    uses(p, grasp, 0), uses(p, close, 0);
    const std::vector<std::string> expected{"item 0/0",  "item 0/1", "end epoch", "item 1/0",  "item 1/1",
                                            "end epoch", "item 2/0", "item 2/1",  "end epoch", "end run"};
    BOOST_TEST(tool_after(p)->lines == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_end_of_an_epoch_keeps_the_lease_that_an_ancestor_brings) {
  PlanByHand p = training(3, {"tool"});
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(4)}});
  const int spread = p.add("spread", "numbers/spread", {count});
  const int grasp = p.add("grasp", "ends/grasp", {count});
  const int both = p.add("both", "numbers/add", {spread, grasp});
  const int close = p.add("close", "ends/close", {both});
  uses(p, grasp, 0), uses(p, close, 0);
  const auto lines = tool_after(p)->lines;
  BOOST_TEST(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("item "); }) == 12);
  for (const char* first : {"item 1/0", "item 2/0"}) {
    const auto at = std::ranges::find(lines, first);
    BOOST_TEST_REQUIRE((at != lines.end() && at != lines.begin()));
    BOOST_TEST(*std::prev(at) == "end epoch");
  }
}

BOOST_AUTO_TEST_CASE(a_second_lease_does_not_cost_the_first) {
  PlanByHand p = training(3, {"tool", "other"});
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(2)}});
  const int grasp = p.add("grasp", "ends/grasp", {count});
  const int other = p.add("other", "ends/grasp", {grasp});
  const int close = p.add("close", "ends/close", {other});
  uses(p, grasp, 0), uses(p, other, 1), uses(p, close, 0);
  BOOST_TEST(tool_after(p)->lines.size() == 10U);
}

BOOST_AUTO_TEST_CASE(a_resource_may_be_leased_twice_on_one_way) {
  PlanByHand p = training(2, {"tool"});
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(2)}});
  const int grasp = p.add("grasp", "ends/grasp", {count});
  const int again = p.add("again", "ends/grasp", {grasp});
  const int close = p.add("close", "ends/close", {again});
  for (const int stage : {grasp, again, close}) uses(p, stage, 0);
  BOOST_TEST(tool_after(p)->lines.size() == 7U);
}

BOOST_AUTO_TEST_CASE(a_gather_that_fails_after_it_has_sent_leaves_one_tombstone_and_counts) {
  const auto plan = [](const char* list) {
    PlanByHand p;
    const int count = p.add("count", "numbers/count", {}, {{"items", integer(12)}});
    const int spread = p.add("spread", "numbers/spread", {count});
    const int moody = p.add("moody", "ends/moody", {spread}, {{"throws_at", integer(4)}});
    const int both = p.add("both", "numbers/add", {moody, count});
    p.add("note", "numbers/note", {both}, {{"list", text(list)}});
    for (auto& stage : p.plan.stages) stage.on_error.action = OnError::Do::skip;
    return p;
  };
  RunContext context;
  PlanByHand lenient = plan("moody");
  Run run(lenient.plan, context);
  run.execute();
  BOOST_TEST(run.account().failures.size() == 3U);
  BOOST_TEST(run.account().stages[2].bytes_out == 9 * 16U);
  BOOST_TEST(Note::lists().at("moody").size() == 9 + 2U);  // and the ends of the epoch and of the run
  for (const bool share : {true, false}) {
    PlanByHand strict = plan("strict");
    auto& rule = strict.plan.stages[2].on_error;
    share ? void(rule.budget = 0.1) : void(rule.budget_items = 2);
    BOOST_CHECK_EXCEPTION(Run(strict.plan, context).execute(), Error, [&](const Error& error) {
      const std::string what = error.what();
      return share ? what.find("items failed, more than its error budget allows") != std::string::npos
                   : what.find("more failures than the budget of 2 items allows") != std::string::npos;
    });
    context.cancel_flag->store(false);
  }
}

BOOST_AUTO_TEST_CASE(a_run_whose_error_budget_cannot_hold_any_more_ends_early) {
  PlanByHand p;
  p.plan.epochs = 5;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(100)}});
  const int moody = p.add("moody", "numbers/affine", {count}, {{"throws_at", integer(1)}});
  p.add("note", "numbers/note", {moody}, {{"list", text("hopeless")}});
  for (auto& stage : p.plan.stages) stage.on_error.action = OnError::Do::skip;
  p.plan.stages[1].on_error.budget = 0.05;
  RunContext context;
  Run run(p.plan, context);
  BOOST_CHECK_EXCEPTION(run.execute(), Error, [&](const Error& error) {
    return std::string(error.what())
               .find(
                   "value 25 is not liked (26 of the run's 500 items have failed, more than its error budget allows; see "
                   "quarantine.jsonl)") != std::string::npos;
  });
  BOOST_TEST(run.account().stages[1].in < 100U);  // not even the first epoch
}

BOOST_AUTO_TEST_CASE(a_group_that_does_not_fit_where_it_is_split_loses_all_its_members) {
  PlanByHand p;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(8)}});
  const int spread = p.add("spread", "numbers/spread", {count});
  const int group = p.add("group", "numbers/group", {spread}, {{"size", integer(4)}});
  const int spoil = p.add("spoil", "ends/spoil", {group});
  const int back = p.add("back", "numbers/ungroup", {spoil});
  const int sum = p.add("sum", "numbers/sum", {back});
  p.add("note", "numbers/note", {sum}, {{"list", text("spoilt")}});
  for (auto& stage : p.plan.stages) stage.on_error.action = OnError::Do::skip;
  RunContext context;
  Run run(p.plan, context);
  run.execute();
  BOOST_TEST(run.account().failures.size() == 1U);
  // Groups of four: 1 of 1, 2 of 2, 1 of 3 | 2 of 3, 1 of 5, 1 of 6 | 1 of 6, 3 of 7. Recordings 0 and 4 are empty.
  std::vector<std::string> left;
  for (const auto& line : Note::lists().at("spoilt")) left.push_back(line.substr(0, line.find('=')));
  const std::vector<std::string> expected{"0/0", "0/1", "0/2", "0/4", "0/7", "end epoch 0", "end run "};
  BOOST_TEST(left == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_source_with_a_state_goes_on_where_a_snapshot_was_taken) {
  const auto plan = [](const char* list) {
    PlanByHand p = training(3, {});
    p.add("note", "numbers/note", {p.add("tide", "ends/tide", {})}, {{"list", text(list)}});
    return p;
  };
  std::vector<Snapshot> snapshots;
  RunHooks hooks;
  hooks.snapshot = [&](Snapshot snapshot) { snapshots.push_back(std::move(snapshot)); };
  RunContext context;
  context.training = true;
  context.epochs = 3;
  const PlanByHand whole = plan("whole"), rest = plan("rest");
  Run(whole.plan, context, hooks).execute();
  BOOST_TEST_REQUIRE(snapshots.size() == 3U);
  Run resumed(rest.plan, context, hooks);
  resumed.restore(snapshots[0]);
  resumed.execute();
  const auto& all = Note::lists().at("whole");
  BOOST_TEST(Note::lists().at("rest") == std::vector<std::string>(all.begin() + 4, all.end()), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_budget_of_failures_goes_on_where_a_snapshot_was_taken) {
  // Of twelve numbers an epoch the map fails on two, of three recordings the gather fails on one.
  const auto plan = [](int epochs) {
    PlanByHand p = training(epochs, {});
    const int count = p.add("count", "numbers/count", {}, {{"items", integer(12)}});
    const int affine = p.add("affine", "numbers/affine", {count}, {{"throws_at", integer(6)}, {"max_us", integer(300)}});
    p.add("note", "numbers/note", {affine}, {{"list", text("budget")}});
    const int few = p.add("few", "numbers/count", {}, {{"items", integer(3)}});
    const int moody = p.add("moody", "ends/moody", {p.add("spread", "numbers/spread", {few})}, {{"throws_at", integer(3)}});
    p.add("note_moody", "numbers/note", {moody}, {{"list", text("moody budget")}});
    for (auto& stage : p.plan.stages) stage.on_error.action = OnError::Do::skip;
    return p;
  };
  std::vector<Snapshot> snapshots;
  RunHooks hooks;
  hooks.snapshot = [&](Snapshot snapshot) { snapshots.push_back(read_snapshot(write_snapshot(snapshot), "")); };
  RunContext context;
  context.training = true;
  const PlanByHand whole = plan(3);
  Run(whole.plan, context, hooks).execute();
  BOOST_TEST_REQUIRE(snapshots.size() == 3U);
  for (std::uint64_t epochs = 1; epochs <= 3; ++epochs)
    for (const auto& [stage, each] :
         std::map<std::string, StageTally>{{"count", {12, 0, 0}}, {"affine", {12, 2, 0}}, {"note", {12, 0, 0}}, {"moody", {3, 0, 1}}})
      BOOST_TEST_CONTEXT(stage << " after " << epochs << " epochs") {
        const StageTally& tally = snapshots[epochs - 1].tallies.at(stage);
        BOOST_TEST(tally.in == epochs * each.in);
        BOOST_TEST(tally.failed == epochs * each.failed);
        BOOST_TEST(tally.failed_scopes == epochs * each.failed_scopes);
      }
  const auto resumed = [&](const PlanByHand& p, std::size_t after) -> std::string {
    context.cancel_flag->store(false);
    Run run(p.plan, context, hooks);
    run.restore(snapshots[after - 1]);
    try {
      run.execute();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  PlanByHand numbered = plan(3), shared = plan(4);
  numbered.plan.stages[1].on_error.budget_items = 5;
  BOOST_TEST(resumed(numbered, 2).find("more failures than the budget of 5 items allows") != std::string::npos);
  numbered.plan.stages[1].on_error.budget_items = 6;
  BOOST_TEST(resumed(numbered, 2) == "");
  // 8 failures of 48 are within 1/6, and more than 1/7.
  shared.plan.stages[1].on_error.budget = 1.0 / 6;
  BOOST_TEST(resumed(shared, 3) == "");
  shared.plan.stages[1].on_error.budget = 1.0 / 7;
  BOOST_TEST(resumed(shared, 3).find("(7 of the run's 48 items have failed, more than its error budget allows; see quarantine.jsonl)") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_resource_is_saved_when_the_end_has_come_to_all_that_may_have_changed_it) {
  for (const bool looks_last : {true, false}) {
    PlanByHand p = training(3, {"tool"});
    const int count = p.add("count", "numbers/count", {}, {{"items", integer(3)}});
    if (!looks_last) uses(p, p.add("look", "ends/look", {count}), 0);
    const int slow = p.add("slow", "numbers/affine", {count}, {{"max_us", integer(10000)}});
    const int grasp = p.add("grasp", "ends/grasp", {slow});
    uses(p, grasp, 0);
    p.add("note", "numbers/note", {grasp}, {{"list", text("saved")}});
    if (looks_last) uses(p, p.add("look", "ends/look", {count}), 0);
    std::vector<std::string> saved;
    RunHooks hooks;
    hooks.snapshot = [&](const Snapshot& snapshot) { saved.push_back(snapshot.resources.at("tool")); };
    RunContext context;
    context.training = true;
    context.epochs = 3;
    Run(p.plan, context, hooks).execute();
    BOOST_TEST(saved == std::vector<std::string>({"item 0/2", "item 1/2", "item 2/2"}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_SUITE_END()
