// What stages, resources and types from outside may throw, and types that share a name: a run ends, and says who did it.
#include <boost/test/unit_test.hpp>
#include <tivit/run.hpp>
#include <tivit/tensor/stage.hpp>

#include "graph_files.hpp"

namespace {
std::string how;  ///< what throws 7, which is no exception
void maybe(const char* place) {
  if (how == place) throw 7;
}
struct Thing {};
struct OtherThing {
  const int* where = nullptr;
};
}  // namespace

template <>
struct tivit::PortTraits<Thing> {
  static constexpr std::string_view name = "thing";
  static std::size_t bytes(const Thing&) { return maybe("bytes"), 1; }
  static std::optional<std::string> check(const Thing&, const PortType&, Symbols&) { return maybe("check"), std::nullopt; }
};
template <>
struct tivit::PortTraits<OtherThing> {
  static constexpr std::string_view name = "thing";
  static std::size_t bytes(const OtherThing&) { return 1; }
};

namespace {
using namespace tivit;

struct Tool : Resource {
  static void contract(Contract<Tool>& c) { c.resource("tool", "is leased"); }
  void lease_begins(const Lease&) override { maybe("lease"); }
  std::string save_state() const override { return maybe("save resource"), "state"; }
};
TIVIT_RESOURCE("foreign/tool", Tool)

struct Make {
  int broken = 0;
  Make() { maybe("constructor"); }
  static void contract(Contract<Make>& c) {
    c.source("a thing an epoch");
    c.param("broken", &Make::broken).at_least(0).doc("so many items fail");
    c.out("thing", "thing");
    c.example("[stages.make]\nuse = \"foreign/make\"\n");
  }
  void check(Faults&) const { maybe("checked"); }
  std::optional<Thing> next(Context& context) {
    const auto index = static_cast<int>(context.id().back());
    if (broken > 0 ? index == broken : index == 1) return std::nullopt;
    if (broken > 0) throw Error("broken");
    if (how == "cancelled") throw Cancelled();
    return Thing{};
  }
  std::int64_t expected() const { return broken > 0 ? broken : 1; }
};
TIVIT_STAGE("foreign/make", Make)

struct Take {
  std::shared_ptr<Tool> tool;
  static void contract(Contract<Take>& c) {
    c.sink("takes a thing");
    c.uses("tool", &Take::tool, "tool", true);
    c.in("thing", "thing");
    c.example("[resources.tool]\nuse = \"foreign/tool\"\n[stages.take]\nuse = \"foreign/take\"\nin = \"make\"\ntool = \"tool\"\n");
  }
  void operator()(const Thing&) {}
  std::string save_state() const { return maybe("save stage"), ""; }
  void load_state(std::string_view) {}
};
TIVIT_STAGE("foreign/take", Take)

struct TakeOther {
  static void contract(Contract<TakeOther>& c) {
    c.sink("takes what another library calls a thing");
    c.in("thing", "thing");
    c.example("[stages.take]\nuse = \"foreign/take_other\"\nin = \"make\"\n");
  }
  void operator()(const OtherThing& thing) { BOOST_TEST(*thing.where == 0); }
};
TIVIT_STAGE("foreign/take_other", TakeOther)

/// What a run of these stages says when it ends.
std::string end_of(const std::string& stages, const char* thrower, RunAccount* account = nullptr) {
  how = thrower;
  tests::GraphFiles files;
  files.write("graph.toml", "[run]\nmode = \"train\"\non_error = \"skip\"\n[stages.make]\nuse = \"foreign/make\"\n" + stages);
  std::string said = "nothing";
  try {
    const Plan plan = make_plan(files.request());
    RunContext context;
    context.training = true;
    RunHooks hooks;
    hooks.snapshot = [](Snapshot) {};
    hooks.failure = [&](const Failure& failure) {
      if (said == "nothing") said = failure.stage + ": " + failure.cause;
    };
    Run run(plan, context, hooks);
    try {
      run.execute();
    } catch (const std::exception& error) {
      said = error.what();
    }
    if (account) *account = run.account();
  } catch (const std::exception& error) {
    said = files.short_text(error.what());
  }
  how.clear();
  return said;
}

const std::string take =
    "[resources.tool]\nuse = \"foreign/tool\"\n[stages.take]\nuse = \"foreign/take\"\nin = \"make\"\ntool = \"tool\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(foreign)

BOOST_AUTO_TEST_CASE(what_is_no_exception_ends_a_run_or_an_item) {
  const std::string odd = "the stage threw something that is no std::exception";
  BOOST_TEST(end_of(take, "") == "nothing");
  for (const char* place : {"bytes", "check"}) BOOST_TEST(end_of(take, place).starts_with("make: " + odd), place);
  BOOST_TEST(end_of(take, "lease").starts_with("take: " + odd));
  for (const char* place : {"save stage", "save resource"}) BOOST_TEST(end_of(take, place).starts_with("stage \"take\": " + odd), place);
  BOOST_TEST(end_of(take, "constructor").find(odd) != std::string::npos);
  BOOST_TEST(end_of(take, "checked")
                 .starts_with("graph.toml:4:9: stage \"make\" (foreign/make) failed while its parameters were checked: " + odd));
}

BOOST_AUTO_TEST_CASE(a_cancellation_that_nobody_asked_for_is_a_failure_of_the_stage) {
  BOOST_TEST(end_of(take, "cancelled") ==
             "stage \"make\": the stage threw tivit::Cancelled in a run that nobody cancelled; throw tivit::Error");
}

BOOST_AUTO_TEST_CASE(two_types_of_one_name_are_told_apart) {
  BOOST_TEST(end_of("[stages.take]\nuse = \"foreign/take_other\"\nin = \"make\"\n", "")
                 .starts_with("take: \"thing\" is here another C++ type of that name"));
}

BOOST_AUTO_TEST_CASE(a_source_that_knows_its_end_may_fail_as_often_as_it_likes) {
  RunAccount account;
  end_of("broken = 1500\n" + take, "", &account);
  BOOST_TEST(account.stages.at(0).failed == 1500u);
}

BOOST_AUTO_TEST_SUITE_END()
