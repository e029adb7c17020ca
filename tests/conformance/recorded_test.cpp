// A recording of a stage's traffic feeds the harness and the conformance suite.
#include <boost/test/unit_test.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/recording_stage.hpp>
#include <tivit/run.hpp>
#include <tivit/testing/recorded.hpp>

#include "../pipeline/plan_by_hand.hpp"
#include "broken_stages.hpp"

namespace {
using namespace tivit;
namespace fs = std::filesystem;
using testing::Harness;
using testing::Recorded;
using testing::ScratchFolder;

/// Fails on one number and drops the next.
struct Some {
  static void contract(Contract<Some>& c) {
    c.map("the number, but for two").parallel();
    c.in("number", "number");
    c.out("number", "number");
  }
  tests::Number operator()(const tests::Number& n) const {
    if (n.value == 1) throw Error("one is none");
    if (n.value == 2) throw Dropped("two are too many");
    return n;
  }
};
TIVIT_STAGE("broken/some", Some)

/// Stages in a row, each with its kind of traffic recorded.
struct Row {
  ScratchFolder folder;
  tests::PlanByHand p;
  int last = -1;

  Row& add(const std::string& name, const std::string& use, int threads = 2) {
    last = p.add(name, use, last < 0 ? std::vector<int>{} : std::vector{last});
    p.plan.stages.back().on_error.action = OnError::Do::skip;
    p.plan.threads.pipeline = threads;
    return *this;
  }
  Row& run() {
    p.plan.epochs = 2;
    p.plan.seed = 11;
    RunContext context;
    context.directory = folder.path();
    take_settings(context, p.plan);
    RunHooks hooks;
    hooks.wrap = [&](const PlanStage& stage, std::unique_ptr<Stage> inner) {
      return recorded_stage(std::move(inner), std::make_shared<RecordingWriter>(of(stage.name), p.plan, stage, context));
    };
    Run run(p.plan, context, hooks);
    run.execute();
    return *this;
  }
  fs::path of(const std::string& stage) const { return folder.path() / "record" / stage; }
};

const Row& whole() {
  static Row row;
  if (row.last < 0)
    row.add("numbers", "broken/four")
        .add("twice", "broken/double")
        .add("so_far", "broken/running")
        .add("spread", "broken/spread")
        .add("pairs", "broken/pairs")
        .add("apart", "broken/apart")
        .add("total", "broken/total")
        .run();
  return row;
}
const Row& written_down() {
  static Row row;
  if (row.last < 0) row.add("numbers", "broken/four").add("files", "broken/write").run();
  return row;
}

std::string now(const Recorded& recorded, testing::Settings settings) {
  Harness h(recorded.use(), std::move(settings));
  h.feed(recorded);
  return recorded.difference(h.run());
}

std::string refused(const fs::path& folder) {
  try {
    Recorded{folder};
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// A copy of a recording, with this part of a file written otherwise.
struct Spoilt {
  ScratchFolder scratch;
  fs::path folder = scratch.path() / "recording";
  explicit Spoilt(const std::string& stage) { fs::copy(whole().of(stage), folder); }
  void replace(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = read_file(folder / file);
    const auto at = text.find(from);
    BOOST_TEST_REQUIRE(at != text.npos);
    write_file(folder / file, text.replace(at, from.size(), to));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_traffic)

BOOST_AUTO_TEST_CASE(a_stage_of_every_kind_makes_again_what_was_recorded) {
  for (const auto& stage : whole().p.plan.stages) {
    const Recorded recorded(whole().of(stage.name));
    BOOST_TEST(recorded.use() == stage.spec->name);
    BOOST_TEST(recorded.made().size() >= 2u, stage.name);
    BOOST_TEST(now(recorded, recorded.settings()) == "", stage.name);
  }
  const Recorded recorded(written_down().of("files"));
  Harness h(recorded.use(), recorded.settings());
  h.feed(recorded).run();
  BOOST_TEST(h.folder().files().at("epoch0.txt") == "0\n1\n2\n3\n");
}

BOOST_AUTO_TEST_CASE(items_that_failed_or_were_dropped_are_part_of_it) {
  Row row;
  row.add("numbers", "broken/four").add("some", "broken/some").add("pairs", "broken/pairs").add("total", "broken/total").run();
  const Recorded some(row.of("some"));
  BOOST_TEST(some.made().at(1).text() == "item 0/1 lost at some: one is none");
  BOOST_TEST(some.made().at(2).tombstone.dropped);
  for (const char* stage : {"some", "pairs", "total"}) {
    const Recorded recorded(row.of(stage));
    BOOST_TEST(now(recorded, recorded.settings()) == "", stage);
  }
}

BOOST_AUTO_TEST_CASE(a_scope_that_lost_a_member_is_lost_again) {
  Row row;
  row.add("numbers", "broken/four").add("some", "broken/some").add("total", "broken/total").run();
  const Recorded recorded(row.of("total"));
  BOOST_TEST(recorded.made().at(0).text() == "item 0 lost at some: one is none");
  BOOST_TEST(now(recorded, recorded.settings()) == "");
}

BOOST_AUTO_TEST_CASE(the_first_difference_is_named) {
  const Recorded twice(whole().of("twice")), pairs(whole().of("pairs")), numbers(whole().of("numbers"));
  const std::string text = now(twice, {{"how", {std::string("of the item before")}}});
  BOOST_TEST((text.starts_with("item 0/") && text.find(", output \"number\": ") == 8), text);
  BOOST_TEST(now(numbers, {{"how", {std::string("remembers epochs")}}}) == "item 1/0, output \"number\": 0, now 4");
  BOOST_TEST(now(numbers, {{"how", {std::string("ends for ever")}}}) == "item 1/0 does not come out");
  BOOST_TEST(now(pairs, {{"how", {std::string("makes items of nothing")}}}) == "where item 1/0 comes out otherwise, there is item 0/4");
}

BOOST_AUTO_TEST_CASE(a_recorded_stage_goes_on_from_the_state_it_had) {
  Spoilt later("so_far");
  Snapshot state;
  state.stages["stage"] = "100";
  write_file(later.folder / "state.cbor", write_snapshot(state));
  const Recorded recorded(later.folder);
  const std::string text = now(recorded, recorded.settings());
  BOOST_TEST(text.starts_with("item 0/0, output \"sum\": "), text);
  BOOST_TEST(text.find(", now 10") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_recording_is_a_subject_of_the_suite) {
  for (const auto& stage : whole().p.plan.stages) TIVIT_CONFORMS(Recorded(whole().of(stage.name)).subject());
  TIVIT_CONFORMS(Recorded(written_down().of("files")).subject());
  testing::Subject broken = Recorded(whole().of("pairs")).subject();
  broken.settings = {{"how", {std::string("drops the rest")}}};
  const auto found = testing::broken_promises(broken);
  BOOST_TEST_REQUIRE(!found.empty());
  BOOST_TEST(found[0].where() == "end of scope: nothing came of items 1/2: what is held when a scope ends must be emitted");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named) {
  const Recorded twice(whole().of("twice"));
  BOOST_CHECK_EXCEPTION(Harness("broken/pass").feed(twice), Error, [](const Error& error) {
    return error.what() == std::string(
                               "what was recorded is a stage \"broken/double\", this one is a \"broken/pass\"; make the harness of "
                               "recorded.use()");
  });
  const ScratchFolder nothing;
  BOOST_TEST(refused(nothing.path()) == nothing.path().string() +
                                            ": nothing was recorded here; `tivit-run GRAPH --record STAGE` makes a recording in "
                                            "RUN/record/STAGE");
  const Spoilt older("twice"), gone("twice"), plugin("twice"), cut("twice"), torn("twice"), empty("twice"), half("twice");
  older.replace("recording.json", "\"format\": 2", "\"format\": 1");
  BOOST_TEST(refused(older.folder) ==
             (older.folder / "recording.json").string() + ": the recording has format 1, this program reads 2; record the stage again");
  gone.replace("recording.json", "broken/double", "broken/gone");
  BOOST_TEST(refused(gone.folder) ==
             gone.folder.string() + ": \"broken/gone\" was recorded, and nothing here provides it; link the area that has it");
  plugin.replace("recording.json", "broken/double", "broken/gone");
  plugin.replace("recording.json", "built in", "/home/me/gone.so");
  BOOST_TEST(refused(plugin.folder) == plugin.folder.string() +
                                           ": \"broken/gone\" was recorded, and nothing here provides it; load the plugin that brings it: "
                                           "/home/me/gone.so");
  fs::resize_file(cut.folder / "payloads.bin", 1);
  BOOST_TEST(refused(cut.folder) ==
             (cut.folder / "index.jsonl").string() +
                 ": this cannot be read: payloads.bin ends before a value of type \"number\"; record the stage again");
  torn.replace("index.jsonl", "\n", "\n{");
  BOOST_TEST(refused(torn.folder) ==
             (torn.folder / "index.jsonl").string() + ": this cannot be read: a line is not JSON; record the stage again");
  write_file(empty.folder / "index.jsonl", "");
  BOOST_TEST(refused(empty.folder) == empty.folder.string() + ": no call of the stage was recorded; record a run that reaches it");
  fs::remove(half.folder / "payloads.bin");
  BOOST_TEST(refused(half.folder) == half.folder.string() + ": the recording is not complete; record the stage again");
}

BOOST_AUTO_TEST_SUITE_END()
