// The timeline of a small run: its events, and what Perfetto's own page reads of them.
#include <boost/test/unit_test.hpp>
#include <tivit/run.hpp>

#include "../pipeline/numbers.hpp"
#include "../pipeline/plan_by_hand.hpp"
#include "tests/browser.hpp"
#include "tests/folders.hpp"

namespace {
namespace fs = std::filesystem;
using namespace tivit;
using tests::PlanByHand;

ParameterValue integer(std::int64_t value) { return {value}; }

/// count -> spread (value % 4 parts of each) -> worked -> groups of 3 -> grouped -> back -> note
PlanByHand small_graph() {
  PlanByHand p;
  p.plan.name = "small \"graph\"";
  p.plan.threads.pipeline = 2;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(6)}, {"size", integer(2000)}});
  const int spread = p.add("spread", "numbers/spread", {count});
  const int worked = p.add("worked", "numbers/affine", {spread}, {{"max_us", integer(300)}});
  const int groups = p.add("groups", "numbers/group", {worked}, {{"size", integer(3)}});
  const int grouped = p.add("grouped", "numbers/affine", {groups});
  const int back = p.add("back", "numbers/ungroup", {grouped});
  p.add("note", "numbers/note", {back}, {{"list", {std::string("trace")}}});
  return p;
}

fs::path traced(const fs::path& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  const PlanByHand p = small_graph();
  RunContext context;
  RunHooks hooks;
  hooks.trace = std::make_shared<Trace>();
  Run(p.plan, context, hooks).execute();
  hooks.trace->write(folder / "trace.json");
  return folder / "trace.json";
}

fs::path folder_of(const char* name) { return tests::build_folder() / "tests" / name; }

}  // namespace

BOOST_AUTO_TEST_SUITE(trace)

BOOST_AUTO_TEST_CASE(every_call_is_a_slice_and_every_item_one_flow_from_the_source_to_the_sink) {
  std::ifstream in(traced(folder_of("trace")));
  const auto trace = nlohmann::json::parse(in);
  std::map<std::string, int> slices;
  std::map<int, std::string> phases;                    // of a flow's events, in the order of time
  std::map<int, std::pair<std::string, double>> flows;  // name and latest time
  std::map<int, std::vector<std::string>> stages;       // that a flow leads through
  std::set<std::string> threads, counters;
  for (const auto& event : trace["traceEvents"]) {
    const std::string phase = event["ph"], name = event["name"];
    if (phase == "X") ++slices[name];
    if (phase == "C") counters.insert(name);
    if (phase == "M" && name == "thread_name") threads.insert(event["args"]["name"].get<std::string>());
    if (phase == "M" && name == "process_name") BOOST_TEST(event["args"]["name"] == "small \"graph\"");
    if (phase != "s" && phase != "t" && phase != "f") continue;
    const int id = event["id"];
    phases[id] += phase;
    BOOST_TEST(event["ts"].get<double>() >= flows[id].second);
    flows[id] = {name, event["ts"]};
    for (const auto& slice : trace["traceEvents"])  // each end of an arrow lies within a slice of its thread
      if (slice["ph"] == "X" && slice["tid"] == event["tid"] && slice["cat"] == "call" && slice["ts"] <= event["ts"] &&
          slice["ts"].get<double>() + slice["dur"].get<double>() > event["ts"].get<double>() + 1e-4)
        stages[id].push_back(slice["name"]);
  }
  // 0 … 5 are spread into 0 + 1 + 2 + 3 + 0 + 1 parts.
  BOOST_TEST(slices["count"] == 7);  // the last says that there are no more
  BOOST_TEST(slices["spread"] == 6);
  BOOST_TEST(slices["worked"] == 7);
  BOOST_TEST(slices["groups"] >= 7);
  BOOST_TEST(slices["note"] >= 7);
  std::map<std::string, int> paths;
  for (const auto& [id, phase] : phases) {
    BOOST_TEST(phase == "s" + std::string(phase.size() - 2, 't') + "f");
    std::string path;
    for (const auto& stage : stages[id]) path += (path.empty() ? "" : " ") + stage;
    ++paths[path];
  }
  BOOST_TEST(phases.size() == 13u);  // the six numbers and their seven parts
  int whole = 0;
  for (const auto& [path, times] : paths) {
    BOOST_TEST(path.starts_with("count spread"), path);
    if (path.ends_with("note")) whole += times;
    if (path.ends_with("note")) BOOST_TEST(path.find("worked groups") != std::string::npos, path);
    if (path.ends_with("note")) BOOST_TEST(path.find("grouped back") != std::string::npos, path);
  }
  BOOST_TEST(whole == 7);
  BOOST_TEST(threads.contains("worker 1"));
  BOOST_TEST(threads.contains("spread"));
  BOOST_TEST(counters.contains("inbox of worked"));
  BOOST_TEST(counters.contains("bytes in flight"));
}

BOOST_AUTO_TEST_CASE(the_last_call_that_a_full_trace_keeps_shows_what_was_in_flight_then) {
  PlanByHand p;
  p.plan.threads.pipeline = 1;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(5)}, {"size", integer(2000)}});
  p.add("note", "numbers/note", {count}, {{"list", {std::string("trace")}}});
  RunContext context;
  RunHooks hooks;
  hooks.trace = std::make_shared<Trace>(1);
  Run(p.plan, context, hooks).execute();
  const auto calls = hooks.trace->calls();
  BOOST_TEST_REQUIRE(calls.size() == 1U);
  BOOST_TEST(calls[0].first == "count");
  BOOST_TEST(calls[0].second.bytes == 2000);  // when all is over there are none
}

BOOST_AUTO_TEST_CASE(a_trace_that_grows_too_large_says_what_it_lacks) {
  const PlanByHand p = small_graph();
  RunContext context;
  RunHooks hooks;
  hooks.trace = std::make_shared<Trace>(2);
  Run(p.plan, context, hooks).execute();
  BOOST_TEST(hooks.trace->left_out() > 0u);
  const auto file = folder_of("trace") / "short.json";
  hooks.trace->write(file);
  std::ifstream in(file);
  const auto trace = nlohmann::json::parse(in);
  BOOST_TEST(trace["otherData"]["calls_left_out"].get<std::size_t>() == hooks.trace->left_out());
  BOOST_TEST(trace["traceEvents"].back()["name"] ==
             "cut here: " + std::to_string(hooks.trace->left_out()) + " later calls and items are left out");
}

/// A run that was cancelled has to be over soon, however long it was: what is written is bounded, and so is the time that takes.
BOOST_AUTO_TEST_CASE(the_timeline_of_a_long_run_is_bounded) {
  PlanByHand p;
  p.plan.name = "long";
  p.plan.threads.pipeline = 2;
  const int count = p.add("count", "numbers/count", {}, {{"items", integer(30000)}});
  const int spread = p.add("spread", "numbers/spread", {count});
  const int worked = p.add("worked", "numbers/affine", {spread});
  const int groups = p.add("groups", "numbers/group", {worked}, {{"size", integer(64)}});
  const int grouped = p.add("grouped", "numbers/affine", {groups});
  const int back = p.add("back", "numbers/ungroup", {grouped});
  p.add("note", "numbers/note", {back}, {{"list", {std::string("long trace")}}});
  RunContext context;
  RunHooks hooks;
  hooks.trace = std::make_shared<Trace>();
  Run(p.plan, context, hooks).execute();
  BOOST_TEST(hooks.trace->left_out() > 0u);
  const auto file = folder_of("trace") / "long.json";
  hooks.trace->write(file);
  BOOST_TEST(fs::file_size(file) > 0u);
  BOOST_TEST(fs::file_size(file) < 64u << 20);
}

BOOST_AUTO_TEST_CASE(perfettos_own_page_reads_every_slice_and_every_arrow) {
  const fs::path folder = folder_of("trace_in_perfetto"), file = traced(folder);
  const auto read = tests::in_browser("perfetto_reads.py", {file, folder / "perfetto.png"}, folder);
  if (!read) return;
  std::ifstream in(file);
  const auto trace = nlohmann::json::parse(in);
  std::map<std::string, int> wanted, found;
  std::map<int, int> points;
  int arrows_wanted = 0, arrows_found = 0;
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] == "X" && event["cat"] == "call") ++wanted[event["name"]];
    if (event.contains("id")) ++points[event["id"].get<int>()];
  }
  for (const auto& [id, count] : points) arrows_wanted += count - 1;
  for (const auto& row : (*read)["slices"]) found[row[0]] += row[2].get<int>();
  for (const auto& row : (*read)["arrows"]) arrows_found += row[2].get<int>();
  BOOST_TEST((found == wanted), read->dump());
  BOOST_TEST(arrows_found == arrows_wanted, read->dump());
  BOOST_TEST((*read)["processes"] == nlohmann::json::parse(R"([["small \"graph\""]])"), read->dump());
  BOOST_TEST((*read)["errors"].empty(), read->dump());
  BOOST_TEST((*read)["complaints"].empty(), read->dump());
  std::set<std::string> counters;
  for (const auto& row : (*read)["counters"]) counters.insert(row[0].get<std::string>());
  BOOST_TEST(counters.contains("inbox of worked items"), read->dump());
  // The arrows of a part lead on to the sink: from `worked` through `groups`, `grouped`, `back` and `note`.
  for (const auto& row : (*read)["items"])
    if (row[0] == "worked") BOOST_TEST(row[2].get<int>() >= 4, row.dump());
}

BOOST_AUTO_TEST_SUITE_END()
