// A recording of a stage's traffic feeds the harness and the conformance suite.
#include <boost/test/unit_test.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/recording_stage.hpp>
#include <tivit/replay_recording.hpp>
#include <tivit/run.hpp>
#include <tivit/testing/recorded.hpp>

#include "tests/file_size_limit.hpp"

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

/// Two of its items have more values than its port takes.
struct Cracked {
  static void contract(Contract<Cracked>& c) {
    c.expand("the value twice", "part");
    c.in("number", "number");
    c.out("number", "number");
  }
  void operator()(const tests::Number& n, Emit& emit) const {
    emit(n);
    if (n.value == 1) emit(n, n);
    emit(n);
  }
};
TIVIT_STAGE("broken/cracked", Cracked)

/// A gather that does so at the end of an epoch.
struct CrackedEnd {
  static void contract(Contract<CrackedEnd>& c) {
    c.gather("all of an epoch", "epoch");
    c.in("number", "number");
    c.out("number", "number");
  }
  void add(const tests::Number& n, Emit& emit) { emit(n); }
  void finish(Emit& emit) { emit(tests::Number{1}, tests::Number{2}); }
};
TIVIT_STAGE("broken/cracked_end", CrackedEnd)

/// Speaks Latin-1.
struct Latin {
  static void contract(Contract<Latin>& c) {
    c.map("the number, but for one");
    c.in("number", "number");
    c.out("number", "number");
  }
  tests::Number operator()(const tests::Number& n) const {
    if (n.value == 1) throw Error("M\xfcller");
    return n;
  }
};
TIVIT_STAGE("broken/latin", Latin)

/// Cannot say what it holds.
struct Secretive {
  static void contract(Contract<Secretive>& c) {
    c.map("the number itself");
    c.in("number", "number");
    c.out("number", "number");
  }
  tests::Number operator()(const tests::Number& n) { return n; }
  std::string save_state() const { throw Error("what it holds is a secret"); }
  void load_state(std::string_view) {}
};
TIVIT_STAGE("broken/secretive", Secretive)

/// Stages in a row, each with its kind of traffic recorded.
struct Row {
  ScratchFolder folder;
  tests::PlanByHand p;
  int last = -1;
  RunAccount account;

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
    account = run.account();
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

/// What `tivit-run replay` finds.
std::string replayed(const Row& row, const std::string& stage) {
  Recording recording(row.of(stage));
  RunContext context;
  take_settings(context, row.p.plan);
  return replay_recording(row.p.plan, recording, context).first_difference.value_or("");
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

BOOST_AUTO_TEST_CASE(what_a_run_did_not_take_is_not_taken_again) {
  Row row;
  row.add("numbers", "broken/four").add("cracked", "broken/cracked").add("end", "broken/cracked_end").run();
  BOOST_TEST(row.account.failures.size() >= 2u);
  for (const char* stage : {"numbers", "cracked", "end"}) {
    BOOST_TEST(replayed(row, stage) == "", stage);
    const Recorded recorded(row.of(stage));
    BOOST_TEST(now(recorded, recorded.settings()) == "", stage);
  }
}

BOOST_AUTO_TEST_CASE(a_cause_that_is_not_utf8_is_the_same_again) {
  Row row;
  row.add("numbers", "broken/four").add("latin", "broken/latin").run();
  BOOST_TEST_REQUIRE(row.account.failures.size() == 2u);
  BOOST_TEST(replayed(row, "latin") == "");
}

BOOST_AUTO_TEST_CASE(a_recording_that_fails_leaves_the_run_as_it_is) {
  Row row;
  row.add("numbers", "broken/four").add("secretive", "broken/secretive").add("files", "broken/write").run();
  BOOST_TEST(row.account.failures.empty());
  BOOST_TEST(row.account.stages.at(1).done == 8u);
  BOOST_TEST(refused(row.of("secretive")) ==
             row.of("secretive").string() +
                 ": the recording is cut short: it ends after 0 calls: what it holds is a secret; record the stage again");
  Row full;
  full.add("numbers", "broken/four").add("twice", "broken/double").add("spread", "broken/spread");
  {
    const tests::FileSizeLimit limit(1500);
    full.run();
  }
  BOOST_TEST(full.account.failures.empty());
  BOOST_TEST(full.account.stages.at(1).done == 8u);
  for (const char* stage : {"twice", "spread"}) {
    const std::string text = refused(full.of(stage));
    BOOST_TEST(text.find(": the recording is cut short: it ends after ") != text.npos, text);
    BOOST_TEST(text.find("the recording cannot be written: File too large; make room, or record less") != text.npos, text);
    BOOST_TEST(replayed(full, stage) == "", stage);
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

BOOST_AUTO_TEST_CASE(a_graph_without_the_recorded_stage_is_told_which_it_has) {
  Row other;
  other.add("numbers", "broken/four").add("thrice", "broken/double");
  Recording recording(whole().of("twice"));
  RunContext context;
  BOOST_CHECK_EXCEPTION(replay_recording(other.p.plan, recording, context), Error, [](const Error& error) {
    return std::string(error.what()) == "the graph has no stage \"twice\"; it has \"numbers\", \"thrice\"";
  });
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
  older.replace("recording.json", "\"format\": 3", "\"format\": 1");
  BOOST_TEST(refused(older.folder) ==
             (older.folder / "recording.json").string() + ": the recording has format 1, this program reads 3; record the stage again");
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
  BOOST_TEST(refused(empty.folder) == empty.folder.string() + ": the recording is cut short: it has 0 of 8 calls; record the stage again");
  empty.replace("recording.json", "\"calls\": 8", "\"calls\": 0");
  BOOST_TEST(refused(empty.folder) == empty.folder.string() + ": no call of the stage was recorded; record a run that reaches it");
  const Spoilt killed("twice"), stateless("twice"), damaged("twice");
  killed.replace("recording.json", "\"calls\": 8", "\"called\": 8");
  BOOST_TEST(refused(killed.folder) == killed.folder.string() +
                                           ": the recording is cut short: it has no end after 8 calls: the run was killed, or is still "
                                           "going on; record the stage again");
  fs::remove(stateless.folder / "state.cbor");
  BOOST_TEST(refused(stateless.folder) ==
             (stateless.folder / "state.cbor").string() + ": what the stage held before the first call is missing; record the stage again");
  write_file(damaged.folder / "state.cbor", "damaged");
  const std::string text = refused(damaged.folder);
  BOOST_TEST(text.starts_with((damaged.folder / "state.cbor").string() + ": this is no snapshot of a run: "), text);
  BOOST_TEST(text.ends_with("; record the stage again"), text);
  fs::remove(half.folder / "payloads.bin");
  BOOST_TEST(refused(half.folder) == half.folder.string() + ": the recording is not complete; record the stage again");
}

BOOST_AUTO_TEST_SUITE_END()
