// `tivit-run check DIR`: every graph of a tree, all mistakes, and what the other files are.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "../pipeline/graph_files.hpp"
#include "program.hpp"

#include "tests/folders.hpp"
#include "tests/holds.hpp"

using namespace tivit::tests;

namespace {

const std::string music = "[stages.music]\nuse = \"notes/read\"\nfiles = [\"one.mid\"]\n";
const std::string labels = "[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(check_of_folders)

BOOST_AUTO_TEST_CASE(each_file_is_named_for_what_it_is) {
  GraphFiles files;
  files.write("graphs/labels.toml",
              "title = \"labels\"\ninclude = [\"../parts/${kind}.toml\"]\n[vars]\nkind = \"music\"\n"
              "[args]\nmidi = { required = true, path = \"exists\", sets = \"music.files\" }\n" +
                  labels);
  files.write("graphs/caller.toml",
              "title = \"caller\"\n" + music + labels + "[[after]]\nevery = \"run\"\nrun = \"../parts/called.toml\"\n");
  files.write("parts/music.toml", music).write("parts/other.toml", music).write("parts/called.toml", music + labels);
  files.write("lost.toml", music + labels).write("video.keyboard.toml", "corners = []\n").write(".hidden/wrong.toml", "title = 1\n");
  auto outcome = tivit_run(files.path(""), "check .");
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST(outcome.out ==
             "./graphs/caller.toml: sound, 2 stages\n"
             "./graphs/labels.toml: sound, 2 stages\n"
             "./lost.toml: an orphan: it has no title, and no file here includes or calls it; as a graph of its own: sound, 2 stages\n"
             "./parts/called.toml: a part, used by ./graphs/caller.toml and 1 other\n"
             "./parts/music.toml: a part, used by ./graphs/labels.toml\n"
             "./parts/other.toml: a part, used by ./graphs/labels.toml\n"
             "./video.keyboard.toml: no graph: nothing of the graph language is in it\n"
             "2 graphs, nothing wrong\n");
  files.write("lost.toml", labels);
  outcome = tivit_run(files.path(""), "check .");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(holds(outcome.out, "includes or calls it; as a graph of its own: 1 mistake\n"), outcome.out);
}

BOOST_AUTO_TEST_CASE(all_mistakes_of_all_graphs_are_told) {
  GraphFiles files;
  files.write("a.toml",
              "title = \"a\"\n" + music + "fils = []\n[vars]\nunused = 1\n[stages.labels]\nuse = \"notes/texts\"\nin = \"music\"\n");
  files.write("b.toml", "title = \"b\"\n[vars]\nunused = 1\n" + music + labels).write("c.toml", "title = \"c\n");
  auto outcome = tivit_run(files.path(""), "check .");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.out ==
             "./a.toml: 2 mistakes\n"
             "  ./a.toml:5:1: stage \"music\" (notes/read) has no parameter \"fils\"; did you mean \"files\"?\n"
             "  ./a.toml:9:7: there is no stage \"notes/texts\"; did you mean \"notes/text\"?\n"
             "./b.toml: sound, 2 stages\n"
             "  warning: ./b.toml:3:1: variable \"unused\" is never used\n"
             "./c.toml: 1 mistake\n"
             "  ./c.toml:1:11: not TOML: Error while parsing string: unescaped control characters other than TAB (U+0009) are explicitly "
             "prohibited; mend the syntax; what follows was not read\n"
             "2 graphs, 2 files wrong\n");
  outcome = tivit_run(files.path(""), "check . --json");
  BOOST_TEST(outcome.code == 2);
  const auto json = nlohmann::json::parse(outcome.out);
  BOOST_TEST_REQUIRE(json.size() == 3u);
  BOOST_TEST(json[0]["sort"] == "graph");
  BOOST_TEST(json[0]["mistakes"].size() == 2u);
  BOOST_TEST(json[1]["warnings"].size() == 1u);
  BOOST_TEST(json[1]["stages"] == 2);
  BOOST_TEST(json[2]["sort"] == "unreadable");
}

BOOST_AUTO_TEST_CASE(a_folder_without_graphs_is_a_mistake) {
  GraphFiles files;
  files.write("part.toml", music);
  auto outcome = tivit_run(files.path(""), "check .");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "\".\": there is no graph; a graph is a .toml file with a title\n");
  outcome = tivit_run(files.path(""), "check nowhere");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "command line: there is no folder \"nowhere\"; check the path\n");
  BOOST_TEST(tivit_run(files.path(""), "check").code == 2);
}

BOOST_AUTO_TEST_CASE(the_graphs_of_the_project_are_sound_and_use_every_part) {
  const GraphFiles files;
  auto outcome = tivit_run(files.path(""), "check " + source_folder().string() + "/graphs");
  BOOST_TEST(outcome.code == 0, outcome.err << outcome.out);
  outcome = tivit_run(files.path(""), "check " + source_folder().string() + "/graphs " + source_folder().string() + "/configs");
  BOOST_TEST(outcome.code == 0, outcome.err << outcome.out);
  for (const char* word : {"orphan", "no graph", "warning"}) BOOST_TEST(outcome.out.find(word) == std::string::npos, outcome.out);
}

BOOST_AUTO_TEST_SUITE_END()
