// `tivit-run diff`: what differs between two graphs, with both values and where each comes from.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "../pipeline/graph_files.hpp"
#include "midi_file.hpp"
#include "program.hpp"

using namespace tivit::tests;

namespace {

const std::string head =
    "title = \"MIDI to labels\"\n[args]\nmidi = { positional = true, many = true, required = true, sets = \"music.files\" }\n";
const std::string music = "[stages.music]\nuse = \"notes/read\"\n";
const std::string labels = "[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\nto = \"out\"\n";

struct Graphs : GraphFiles {
  Graphs() { write("a.toml", head + music + labels); }
  Outcome diff(const std::string& words) const { return tivit_run(path(""), "diff " + words); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(diff_of_graphs)

BOOST_AUTO_TEST_CASE(what_is_written_otherwise_is_no_difference) {
  Graphs files;
  files.write("b.toml",
              head + "[vars]\nplace = \"out\"\n[stages.labels]\nto = \"${place}\"\nin = [\"music\"]\nuse = \"notes/text\"\n" + music);
  auto outcome = files.diff("a.toml b.toml");
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST(outcome.out == "");
  outcome = files.diff("a.toml a.toml --json");
  BOOST_TEST(outcome.code == 0);
  BOOST_TEST(outcome.out == "[]\n");
}

BOOST_AUTO_TEST_CASE(values_have_their_places_wherever_they_come_from) {
  Graphs files;
  files.write("parts/label.toml", "[vars]\nplace = \"there\"\n[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\nto = \"${place}\"\n");
  files.write("b.toml", "include = [\"parts/label.toml\"]\n" + head + "[run]\nseed = 3\non_error = \"skip\"\n" + music);
  auto outcome = files.diff("a.toml b.toml");
  BOOST_TEST(outcome.code == 1, outcome.err);
  BOOST_TEST(outcome.out ==
             "run.seed: 0 (default) -> 3 (b.toml:6:8)\n"
             "stages.labels.to: \"out\" (a.toml:9:6) -> \"there\" (parts/label.toml:6:6, variable place (parts/label.toml:2:9))\n"
             "run.on_error: only in b.toml: \"skip\" (b.toml:7:12)\n");
  outcome = files.diff("a.toml b.toml --set run.seed=3 --set run.on_error=skip --set labels.to=x");
  BOOST_TEST(outcome.out == "");
  BOOST_TEST(outcome.code == 0);
}

BOOST_AUTO_TEST_CASE(stages_come_and_go_and_are_replaced) {
  Graphs files;
  files.write("b.toml", head + music +
                            "[stages.late]\nuse = \"notes/midi\"\nin = \"music\"\n"
                            "[stages.labels]\nuse = \"notes/midi\"\nin = \"music\"\nto = \"elsewhere\"\n");
  const auto outcome = files.diff("a.toml b.toml");
  BOOST_TEST(outcome.code == 1, outcome.err);
  BOOST_TEST(outcome.out ==
             "stages.labels.use: \"notes/text\" (a.toml:7:7) -> \"notes/midi\" (b.toml:10:7)\n"
             "stages.labels.to: \"out\" (a.toml:9:6) -> \"elsewhere\" (b.toml:12:6)\n"
             "stages.late: only in b.toml: \"notes/midi\" (b.toml:7:7)\n"
             "edge music -> late.notes: only in b.toml: (b.toml:8:6)\n");
  const auto json = nlohmann::json::parse(files.diff("a.toml b.toml --json").out);
  BOOST_TEST(json.size() == 4u);
  BOOST_TEST(json[0]["a"]["value"] == "\"notes/text\"");
  BOOST_TEST(json[0]["b"]["from"] == "b.toml:10:7");
  BOOST_TEST(json[2]["a"].is_null());
}

BOOST_AUTO_TEST_CASE(called_graphs_are_compared_too) {
  Graphs files;
  files.write("called.toml", "[args]\nmidi = { sets = \"music.files\", required = true }\n" + music + labels);
  const std::string caller =
      head + music + labels + "[[after]]\nevery = \"run\"\nrun = \"called.toml\"\nset = { \"music.files\" = [\"x.mid\"], ";
  files.write("a.toml", caller + "\"labels.to\" = \"one\" }\n").write("b.toml", caller + "\"labels.to\" = \"two\" }\n");
  const auto outcome = files.diff("a.toml b.toml");
  BOOST_TEST(outcome.code == 1, outcome.err);
  BOOST_TEST(outcome.out ==
             "after[0].set.\"labels.to\": \"one\" (a.toml:10:1) -> \"two\" (b.toml:10:1)\n"
             "called: stages.labels.to: \"one\" (a.toml:13:50) -> \"two\" (b.toml:13:50)\n");
}

BOOST_AUTO_TEST_CASE(a_run_is_a_side) {
  Graphs files;
  files.write("one.mid", one_note_midi());
  BOOST_TEST_REQUIRE(tivit_run(files.path(""), "a.toml one.mid --set labels.to=there --run-dir kept").code == 0);
  const auto outcome = files.diff("a.toml kept");
  BOOST_TEST(outcome.code == 1, outcome.err);
  BOOST_TEST(outcome.out ==
             "stages.labels.to: \"out\" (a.toml:9:6) -> \"there\" (--set labels.to)\n"
             "stages.music.files: only in kept: [\"one.mid\"] (argument midi)\n");
  BOOST_TEST(files.diff("kept kept").code == 0);
  BOOST_TEST(files.diff("a.toml kept --set labels.to=x --set 'music.files=[\"one.mid\"]'").out == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_graph_is_refused) {
  Graphs files;
  std::filesystem::create_directory(files.path("empty"));
  files.write("wrong.toml", "[stages.labels]\nuse = \"notes/texts\"\n");
  auto outcome = files.diff("a.toml empty");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "empty: no run has left anything here; give a graph, or the directory of a run\n");
  outcome = files.diff("a.toml wrong.toml");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "wrong.toml:2:7: there is no stage \"notes/texts\"; did you mean \"notes/text\"?\n");
  outcome = files.diff("a.toml");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "command line: two graphs are compared, not 1; `tivit-run diff --help` shows how to ask\n");
  // An argument that decides what a graph is cannot be left open.
  files.write("open.toml",
              "include = [\"${part}.toml\"]\n[args]\npart = { required = true, doc = \"what to add\" }\n" + music + "files = []\n");
  outcome = files.diff("a.toml open.toml");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "open.toml:3:1: argument \"part\" is missing; give it on the command line: what to add\n");
  files.write("open.toml", "[args]\nkind = { required = true }\n[stages.music]\nuse = \"${kind}\"\n");
  BOOST_TEST(files.diff("a.toml open.toml").err == "open.toml:2:1: argument \"kind\" is missing; give it on the command line\n");
}

BOOST_AUTO_TEST_SUITE_END()
