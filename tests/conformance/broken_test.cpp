// Every check of the conformance suite, shown to find a stage that breaks what it is about.
#include <boost/test/unit_test.hpp>
#include <tivit/registry.hpp>
#include <tivit/testing/conformance.hpp>

#include "broken_stages.hpp"

namespace {
using namespace tivit;
using testing::Given;

Given number(std::int64_t value) { return {{{"number", Payload::of(tests::Number{value})}}}; }

/// Two numbers were gathered for each item.
Given group(std::size_t at) {
  Given given = number(static_cast<std::int64_t>(10 * at));
  const auto epoch = static_cast<std::uint32_t>(at / 4), first = static_cast<std::uint32_t>(3 * (at % 4));
  Members members;
  for (std::uint32_t i = 0; i < 3; ++i) {
    members.push_back({ItemId{epoch, first + i}, {}, std::nullopt, std::nullopt});
    if (i == 1) members.back().lost = Tombstone{"before", "it was noise"};
  }
  given.members = std::make_shared<Members>(members);
  return given;
}

using Found = std::map<std::string, std::string>;
/// Which checks report something, and what they say first.
Found found(const std::string& use, const std::string& how, double stops_within_s = 2) {
  testing::Subject subject{use, {{"how", {how}}}};
  subject.stops_within_s = stops_within_s;
  if (use == "broken/apart")
    subject.items = [](std::size_t at) { return group(at); };
  else if (use != "broken/four")
    subject.items = [](std::size_t at) { return number(static_cast<std::int64_t>(at + 1)); };
  if (use == "broken/double" || use == "broken/pairs" || use == "broken/write") subject.refused = number(-1);
  Found found;
  for (const auto& broken : testing::broken_promises(subject)) found.try_emplace(broken.check, broken.text);
  return found;
}

void finds(const std::string& use, const std::string& how, const Found& wanted, double stops_within_s = 2) {
  const Found got = found(use, how, stops_within_s);
  BOOST_TEST_CONTEXT(use << " " << how) {
    for (const auto& [check, text] : got) BOOST_TEST(wanted.contains(check), "also reported: " << check << ": " << text);
    for (const auto& [check, text] : wanted) {
      if (text == "?") continue;  // reported only where calls happen to overlap
      BOOST_TEST(got.contains(check), check << " is not reported");
      if (!got.contains(check)) continue;
      const bool begins = text.ends_with("…");  // three bytes
      BOOST_TEST((begins ? got.at(check).starts_with(text.substr(0, text.size() - 3)) : got.at(check) == text), got.at(check));
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broken)

BOOST_AUTO_TEST_CASE(sound_stages_conform) {
  for (const char* use : {"double", "running", "spread", "total", "pairs", "apart", "four", "write", "pass"})
    finds("broken/" + std::string(use), "", {});
}

BOOST_AUTO_TEST_CASE(items_and_their_order) {
  const std::string other = ", output \"number\": …", alone = "item 1/2 gives something else alone than after other items: ";
  finds("broken/double", "of the item before",
        {{"order", alone + "item 1/2" + other},
         {"tombstones", "when item 0/2 is lost before it: item 0/3" + other},
         {"exception", "when it throws on item 0/2, other items are harmed: item 0/3" + other},
         {"save/restore", "in a run that is resumed after the first epoch: item 1/0" + other},
         {"threads", "?"}});
  finds("broken/double", "counts calls",
        {{"order", "two runs alike do not give the same: item 0/0" + other},
         {"tombstones", "…"},
         {"exception", "…"},
         {"threads", "…"},
         {"save/restore", "…"}});
  finds("broken/write", "counts calls",
        {{"order", "two runs alike do not give the same: file run.txt has other bytes"},
         {"exception", "when it throws on item 0/2, other items are harmed: file run.txt has other bytes"},
         {"threads", "with 4 threads, it gives something else than with one: file run.txt has other bytes"},
         {"save/restore", "in a run that is resumed after the first epoch: file run.txt has other bytes"}});
  const std::string figures = "figures of \"lines\": epoch 0: count …";
  finds("broken/write", "reports its calls",
        {{"order", "two runs alike do not give the same: " + figures},
         {"exception", "when it throws on item 0/2, other items are harmed: " + figures},
         {"threads", "with 4 threads, it gives something else than with one: " + figures},
         {"save/restore", "in a run that is resumed after the first epoch: " + figures}});
  finds("broken/double", "writes into its input",
        {{"items", "with nothing but good items, it wrote into input \"number\" of item 0/0: 1, now 3"}});
  finds("broken/double", "wants no gaps",
        {{"order", alone + "where item 1/2 lost at tested: item 1 is missing comes out otherwise, there is item 1/2"},
         {"tombstones", "when item 0/2 is lost before it, it fails on item 0/3: item 2 is missing"},
         {"exception", "when it throws on item 0/2, it fails on item 0/3: item 2 is missing"},
         {"threads", "?"}});
  finds(
      "broken/apart", "drops a member",
      {{"items",
        "with nothing but good items, it fails on item 0/0: the stage gave back fewer items than it was given members; emit once for each "
        "living member"}});
  finds("broken/apart", "brings the lost back",
        {{"items",
          "with nothing but good items, it fails on item 0/0: the stage gave back more items than it was given members; emit once for each "
          "living member"}});
  finds("broken/pass", "never gives back",
        {{"items",
          "with nothing but good items, the run ended with: stage \"before\": 14336 bytes that it made were never given back; whoever "
          "received its items still holds them"}});
  tests::kept.clear();
}

BOOST_AUTO_TEST_CASE(ends_of_scopes) {
  const Found throws{{"end of scope", "it throws at the end of epoch 0: no end was foreseen"}};
  finds("broken/pairs", "drops the rest",
        {{"end of scope", "nothing came of items 1/2: what is held when a scope ends must be emitted"},
         {"tombstones", "when item 0/2 is lost before it, nothing comes of item 0/3"}});
  finds("broken/total", "ignores the end of a scope",
        {{"end of scope", "nothing came of scope 0, which has items: emit once in finish()"}});
  finds("broken/total", "keeps state between scopes",
        {{"end of scope", "what comes of a scope depends on the scope before it: item 1, output \"sum\": …"},
         {"tombstones", "…"},
         {"exception", "…"},
         {"save/restore", "…"}});
  finds("broken/total", "throws when a scope ends", throws);
  finds("broken/write", "throws at the end of the run", {{"end of scope", "it throws at the end of the run: no end was foreseen"}});
  finds("broken/four", "ends for ever",
        {{"end of scope", "it makes 4 items in the first epoch and none in the second"}, {"save/restore", "…"}});
  finds("broken/four", "expects five", {{"end of scope", "it expects 5 items an epoch and makes 4"}});
}

BOOST_AUTO_TEST_CASE(lost_items) {
  finds("broken/pairs", "stumbles over the lost",
        {{"tombstones", "when item 0/2 is lost before it, it fails on item 0: item 0/2 is no number"}, {"exception", "…"}});
  finds("broken/double", "throws a number",
        {{"exception", "when it is given what it refuses on item 0/2, it threw something that is no std::exception on item 0/2"}});
  finds("broken/double", "accepts what it refuses",
        {{"exception", "when it is given what it refuses on item 0/2, 0 items fail instead of that one"}});
  finds("broken/write", "keeps what it refuses",
        {{"exception", "when it is given what it refuses on item 0/2, other items are harmed: file epoch0.txt has other bytes"}});
  finds("broken/spread", "clears after its work",
        {{"exception", "when emit() throws on item 0/2 after 0 emitted, other items are harmed: item 0/3/0, output \"number\": …"}});
  finds("broken/total", "clears after its work",
        {{"exception", "when emit() throws in scope 0, other scopes are harmed: item 1, output \"sum\": …"}});
  finds("broken/pairs", "keeps what it refuses",
        {{"exception", "when it is given what it refuses on item 0/2, other items are harmed: item 0/1, output \"sum\": …"}});
}

BOOST_AUTO_TEST_CASE(threads) {
  finds("broken/double", "depends on others at work",
        {{"threads", "with 4 threads, it gives something else than with one: item …"}});  // which one, the scheduler decides
  finds("broken/double", "fails beside others", {{"threads", "with 4 threads, it fails on item …"}});
}

BOOST_AUTO_TEST_CASE(cancellation) {
  finds("broken/double", "hangs", {{"cancel", "the run still goes on 0.30 s after it was cancelled"}}, 0.3);
  tests::released = true;
  finds("broken/double", "fails when cancelled", {{"cancel", "it fails on item 0/2 instead of letting Cancelled through: interrupted"}});
  finds("broken/spread", "swallows cancellation",
        {{"exception", "when emit() throws on item 0/2 after 0 emitted, other items are harmed: …"},
         {"cancel", "it swallowed the cancellation that emit() threw on item 0/2, and emitted 1 more"}});
}

BOOST_AUTO_TEST_CASE(a_stage_that_is_slow_because_others_work_does_not_hang) {
  std::atomic<bool> over{false};
  std::vector<std::thread> others;
  for (unsigned i = 0; i < 4 * std::max(1U, std::thread::hardware_concurrency()); ++i)
    others.emplace_back([&] {
      while (!over) continue;
    });
  const Found got = found("broken/double", "works on for a while", 0.3);  // 0.1 s of work are more than 0.4 s here
  over = true;
  for (auto& other : others) other.join();
  BOOST_TEST(!got.contains("cancel"));
}

BOOST_AUTO_TEST_CASE(streams_without_items) {
  finds("broken/total", "throws on an empty scope",
        {{"empty input", "without items, it fails on item 0: the mean of nothing"}, {"end of scope", "…"}});
  finds("broken/write", "throws on an empty epoch",
        {{"empty input", "without items, the run ended with: stage \"tested\": an empty file"}});
  finds("broken/pairs", "makes items of nothing", {{"empty input", "4 items come out of a stream that has none"}});
}

BOOST_AUTO_TEST_CASE(a_stage_that_needs_items_has_to_say_so) {
  testing::Subject subject{"broken/pairs", {}, [](std::size_t at) { return number(static_cast<std::int64_t>(at)); }};
  subject.needs_items = true;
  const auto broken = testing::broken_promises(subject);
  BOOST_TEST_REQUIRE(broken.size() == 1u);
  BOOST_TEST(broken[0].where() == "empty input: it needs items, and says nothing when none come");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_tested_is_named) {
  const auto problem = [](const testing::Subject& subject) {
    try {
      TIVIT_CONFORMS(subject);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  BOOST_TEST(problem({"broken/double"}) ==
             "broken/double, input \"number\": nobody has said how a value of type number is made up; give the items, or add "
             "tivit::testing::make_by(\"number\", …) to the test");
  testing::Subject total{"broken/total", {{"how", {std::string("throws when a scope ends")}}}, [](std::size_t) { return number(1); }};
  BOOST_TEST(problem(total) ==
             "stage broken/total does not conform:\n  end of scope: it throws at the end of epoch 0: no end was foreseen");
}

BOOST_AUTO_TEST_CASE(saved_state) {
  const std::string resumed = "in a run that is resumed after the first epoch: ";
  finds("broken/running", "saves nothing", {{"save/restore", resumed + "item 1/0, output \"sum\": …"}});
  finds("broken/running", "refuses its own state",
        {{"save/restore", resumed.substr(0, resumed.size() - 2) + ", it fails on item 1/0: there is no such state"}});
  finds("broken/running", "loads something else", {{"save/restore", "a stage that loads what another saved saves something else"}});
  finds("broken/four", "remembers epochs", {{"save/restore", resumed + "item 1/0, output \"number\": …"}});
  finds("broken/write", "writes what a crash loses", {{"save/restore", resumed + "file run.txt has other bytes"}});
}

BOOST_AUTO_TEST_SUITE_END()
