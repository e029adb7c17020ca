// A graph that calls a graph that calls a graph: what lies two calls deep is kept, replayed and compared like the rest.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "midi_to_labels.hpp"
#include "tests/folders.hpp"
#include "tests/holds.hpp"

using namespace tivit::tests;

namespace {

const std::string stages =
    "[stages.music]\nuse = \"notes/read\"\nfiles = [\"one.mid\"]\n[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\n";

std::string calls(const std::string& file) { return stages + "[[after]]\nevery = \"run\"\nrun = \"" + file + "\"\n"; }

struct Nested : Folder {
  Nested() {
    write("graph.toml", calls("a.toml")).write("a.toml", calls("b.toml")).write("b.toml", innermost("labels"));
    write("damaged.mid", "no MIDI");
  }
  static std::string innermost(const std::string& labels) {
    std::string text = "[run]\non_error = \"skip\"\n" + stages + "to = \"" + labels + "\"\n";
    return text.replace(text.find("\"one.mid\""), 9, "\"one.mid\", \"damaged.mid\"");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nested_graphs)

BOOST_AUTO_TEST_CASE(a_failure_two_calls_deep_is_replayed) {
  Nested folder;
  BOOST_TEST(folder.run("graph.toml --run-dir run --quiet").code == 3);
  BOOST_TEST(std::filesystem::exists(folder.path("run/graph-a.toml")));
  BOOST_TEST(std::filesystem::exists(folder.path("run/graph-a/b.toml")));
  const auto failed = nlohmann::json::parse(read_text(folder.path("run/quarantine.jsonl")));
  BOOST_TEST(failed["stage"] == "a/b/music");
  const std::string replay = failed["replay"];
  BOOST_TEST_REQUIRE(replay.starts_with("tivit-run "));
  const auto again = folder.run(replay.substr(10));
  BOOST_TEST(again.code == 1, again.err);
  BOOST_TEST(holds(again.err, "stage \"music\", damaged, item 0/1: damaged.mid, byte 0: this is no MIDI file"), again.err);
  const auto other = folder.run("replay run --stage a/c/music --item 0/1");
  BOOST_TEST(other.code == 2);
  BOOST_TEST(holds(other.err, "run/graph-a/c.toml"), other.err);
}

BOOST_AUTO_TEST_CASE(a_change_two_calls_deep_is_refused_with_the_difference) {
  Nested folder;
  BOOST_TEST(folder.run("graph.toml --run-dir run --quiet").code == 3);
  BOOST_TEST(folder.run("--resume run").code == 3);  // finished, with what failed
  folder.write("b.toml", Nested::innermost("elsewhere"));
  const auto changed = folder.run("--resume run");
  BOOST_TEST(changed.code == 2);
  BOOST_TEST(folder.short_text(changed.err) ==
             "run: this is not the run that began here:\n  a/b: stages.labels.to: \"labels\" -> \"elsewhere\"; give what was given "
             "then, or --resume-anyway to go on with the change\n");
  BOOST_TEST(!std::filesystem::exists(folder.path("elsewhere")));
  BOOST_TEST(folder.run("--resume run --resume-anyway --quiet").code == 3);
  BOOST_TEST(std::filesystem::exists(folder.path("elsewhere/one.txt")));
  BOOST_TEST(folder.run("--resume run").code == 3);  // the change is the run's now
}

BOOST_AUTO_TEST_CASE(another_graph_that_is_called_is_refused) {
  Nested folder;
  BOOST_TEST(folder.run("graph.toml --run-dir run --quiet").code == 3);
  folder.write("c.toml", Nested::innermost("labels")).write("a.toml", calls("c.toml"));
  const auto changed = folder.run("--resume run");
  BOOST_TEST(changed.code == 2);
  BOOST_TEST(holds(changed.err, "\n  a/c: it is called now, and there is no graph-a/c.toml from then;"), changed.err);
}

BOOST_AUTO_TEST_CASE(runs_are_compared_by_what_they_called_then) {
  Nested folder;
  BOOST_TEST(folder.run("graph.toml --run-dir one --quiet").code == 3);
  folder.write("b.toml", Nested::innermost("elsewhere"));
  BOOST_TEST(folder.run("graph.toml --run-dir two --quiet").code == 3);
  const auto different = folder.run("diff one two");
  BOOST_TEST(different.code == 1, different.err);
  BOOST_TEST(holds(different.out, "a: b: stages.labels.to: \"labels\""), different.out);
  BOOST_TEST(holds(different.out, "-> \"elsewhere\""), different.out);
}

BOOST_AUTO_TEST_SUITE_END()
