// From graph text to results: the same numbers as by hand, through the reader, the checks and the executor.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <tivit/make_plan.hpp>
#include <tivit/run.hpp>
#include <tivit/snapshot.hpp>

#include "numbers.hpp"
#include "sequential.hpp"

#include "tests/folders.hpp"

namespace {
using namespace tivit;

const char* const busy = R"(
title = "everything at once"
[run]
epochs = 2
seed = 5
memory = "1 MiB"
on_error = { do = "skip" }
[runtime]
pipeline_threads = 8
[stages.count]
use = "numbers/count"
items = 20
size = 200000
max_us = 200
[stages.a]
use = "numbers/affine"
in = "count"
throws_at = 7
max_us = 300
[stages.spread]
use = "numbers/spread"
in = "a"
[stages.parts]
use = "numbers/affine"
in = "spread"
max_us = 200
size = 5000
[stages.with_parent]
use = "numbers/add"
in = { a = "parts", b = "count" }
[stages.groups]
use = "numbers/group"
in = "with_parent"
size = 3
scope = "run"
[stages.back]
use = "numbers/ungroup"
in = "groups"
[stages.sum]
use = "numbers/sum"
in = "back"
[stages.last]
use = "numbers/add"
in = { a = "sum", b = "count" }
[stages.note]
use = "numbers/note"
in = "last"
list = "text"
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(run_graph)

BOOST_AUTO_TEST_CASE(a_graph_file_gives_what_the_sequential_interpreter_gives) {
  const auto file = tests::build_folder() / "busy.toml";
  std::ofstream(file) << busy;
  const Plan plan = make_plan(GraphRequest{file, {}, {}});
  RunContext context;
  context.seed = plan.seed;
  tests::Sequential sequential(plan, context);
  sequential.execute();
  const auto expected = tests::Note::lists().at("text");
  BOOST_TEST(expected.size() == 20u * 2 - 4 + 3);  // 2 of 20 values are refused in each epoch; three scope ends
  Run run(plan, context);
  run.execute();
  BOOST_TEST(tests::Note::lists().at("text") == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_snapshot_knows_when_a_bit_of_it_has_flipped) {
  Snapshot snapshot;
  snapshot.epochs = 3;
  snapshot.stages["step"] = std::string(64, 'w');
  std::string bytes = write_snapshot(snapshot);
  BOOST_TEST(read_snapshot(bytes, "here").stages == snapshot.stages);
  bytes[bytes.find("wwww") + 9] ^= 1;
  BOOST_CHECK_EXCEPTION(read_snapshot(bytes, "here"), Error, [](const Error& error) {
    return std::string(error.what()) == "here: the snapshot is damaged; remove it to begin the run anew";
  });
}

BOOST_AUTO_TEST_SUITE_END()
