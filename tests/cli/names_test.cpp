// Names, numbers and paths that people type, and those that nothing could be made of.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "midi_to_labels.hpp"
#include "tests/folders.hpp"
#include "tests/holds.hpp"

using tivit::tests::Folder;
using tivit::tests::GraphFiles;
using tivit::tests::holds;
using tivit::tests::read_text;
using tivit::tests::tivit_run;

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(an_empty_word_names_no_folder) {
  Folder folder;
  for (const std::string words : {"graph.toml one.mid --run-dir ''", "--resume ''", "replay runs --run-dir ''"}) {
    const auto outcome = folder.run(words);
    BOOST_TEST(outcome.code == 2, words);
    BOOST_TEST(holds(outcome.err, ": it names no folder; "), outcome.err);
  }
  BOOST_TEST(!std::filesystem::exists(folder.path("runs")));
}

/// Libraries take a good part of a second to set themselves up, and a signal may come all the while.
BOOST_AUTO_TEST_CASE(names_of_new_stages_that_their_graphs_or_tests_could_not_bear) {
  Folder folder;
  const auto made = [&](const std::string& words) { return folder.run("new stage " + words); };
  for (const char* words : {"notes/batch --kind expand", "notes/scaled --kind resource", "notes/save", "notes/preinstall"}) {
    const auto refused = made(words);
    BOOST_TEST(refused.code == 2, words);
    BOOST_TEST(holds(refused.err, ": its build or its graph uses that name; give it another name"), refused.err);
  }
  BOOST_TEST(made("notes/batch --kind map").code == 0);
  // A word of C++, as which a suite could not be called.
  folder.write("pipeline/contract.hpp", "").write("stages/CMakeLists.txt", "foreach(area IN ITEMS notes)\n");
  const auto inside = made("a/class");
  BOOST_TEST(inside.code == 0, inside.err);
  BOOST_TEST(holds(read_text(folder.path("tests/a/class_test.cpp")), "BOOST_AUTO_TEST_SUITE(class_stage)"));
}

BOOST_AUTO_TEST_CASE(numbers_of_an_argument_may_be_written_in_any_of_these_ways) {
  Folder folder;
  folder.write("numbers.toml",
               "[args.n]\nmany = true\nsets = \"x.corners\"\n[stages.x]\nuse = \"data/clips\"\nroot = \".\"\n[stages.y]\nuse = "
               "\"keyboard/write_table\"\nin = \"x\"\n");
  for (const char* words : {"1 2.5 9 2 9 8 -1 8", "1,2.5,9,2,9,8,-1,8", "1,2.5 9,2 9,8 -1,8", "[1,2.5,9,2,9,8,-1,8]"}) {
    const auto outcome = folder.run("numbers.toml --n " + std::string(words) + " --resolve");
    BOOST_TEST(outcome.code == 0, outcome.err);
    BOOST_TEST(holds(outcome.out, "corners = [1.0, 2.5, 9.0, 2.0, 9.0, 8.0, -1.0, 8.0]  # argument n"), outcome.out);
  }
}

BOOST_AUTO_TEST_CASE(a_variable_that_an_argument_sets_is_there) {
  Folder folder;
  folder.write("args.toml", "[args]\nz = { sets = \"variable\" }\n[stages.music]\nuse = \"notes/read\"\nfiles = []\n");
  BOOST_TEST(holds(folder.run("args.toml --check").err,
                   "args.toml:2:1: argument \"z\" sets variable \"variable\", which nothing defines or uses; write sets = "
                   "\"stage.parameter\", or define it under [vars]\n"));
}

BOOST_AUTO_TEST_CASE(no_argument_takes_the_name_of_an_option) {
  Folder folder;
  const std::string help = folder.run("--help").out;
  const std::regex option("--([a-z][a-z-]+)");
  std::set<std::string> names;
  for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end; ++at) names.insert((*at)[1]);
  names.erase("json");  // of other subcommands
  BOOST_TEST(names.size() > 10U);
  for (const auto& name : names) {
    folder.write("args.toml", "[args]\n" + name + " = {}\n[stages.music]\nuse = \"notes/read\"\nfiles = []\n");
    BOOST_TEST(holds(folder.run("args.toml --check").err,
                     "\"" + name + "\" cannot be the name of an argument; every graph has an option of that name"),
               name);
  }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_utf8_is_refused) {
  Folder folder;
  const auto outcome = folder.run("graph.toml 'caf\xe9.mid'");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err ==
             "command line: the argument \"caf\ufffd.mid\" is not UTF-8; rename the file, or give a link to it that has a name in UTF-8\n");
  BOOST_TEST(!std::filesystem::exists(folder.path("runs")));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_utf8_is_refused) {
  Folder folder;
  const auto other = folder.path("caf\xe9");
  std::filesystem::create_directory(other);
  const auto outcome = tivit_run(other, "../graph.toml ../one.mid");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "\"" + folder.path("").string() + "caf\ufffd\"" +
                                ": a run cannot be started in a folder whose name is not UTF-8; rename the folder, or start it in "
                                "another one\n");
  BOOST_TEST(!std::filesystem::exists(other / "runs"));
  BOOST_TEST(tivit_run(other, "../graph.toml ../one.mid --check").code == 0);
}

BOOST_AUTO_TEST_CASE(a_run_directory_has_a_name_of_its_own) {
  Folder folder;
  for (const char* given : {"results/", "results/.", "./results//"}) {
    BOOST_TEST(folder.run("graph.toml one.mid --run-dir " + std::string(given)).code == 0, given);
    BOOST_TEST(std::filesystem::exists(folder.path("results/manifest.json")), given);
    BOOST_TEST(std::filesystem::remove_all(folder.path("results")) > 0, given);
  }
  std::filesystem::create_directory(folder.path("results"));
  BOOST_TEST(folder.run("graph.toml one.mid --run-dir results/").code == 0);
  BOOST_TEST(std::filesystem::exists(folder.path("results-2/manifest.json")));
  BOOST_TEST(std::filesystem::is_empty(folder.path("results")));
  for (const std::string given : {".", "..", "/", "results/.."}) {
    const auto outcome = folder.run("graph.toml one.mid --run-dir " + given);
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err ==
               "cannot make the run directory " + given + ": this is not the name of a new folder; give another with --run-dir\n");
  }
  for (const std::string name : {".", "..", "a/b", ""}) {
    const auto outcome = folder.run("graph.toml one.mid --set 'run.name=\"" + name + "\"'");
    BOOST_TEST(outcome.code == 2);
    BOOST_TEST(outcome.err == "--set run.name: \"" + name +
                                  "\" cannot be the name of a run; write a name without \"/\", not \".\" or \"..\"; the folder is [run] "
                                  "directory\n");
  }
  BOOST_TEST(!std::filesystem::exists(folder.path("runs")));
}

BOOST_AUTO_TEST_CASE(links_in_a_circle_and_endless_names_are_mistakes_like_others) {
  Folder folder;
  std::filesystem::create_symlink("loop", folder.path("loop"));
  std::filesystem::create_symlink("loop.toml", folder.path("loop.toml"));
  const std::string check = "; check the path; relative paths start at the current directory\n", long_name(300, 'x'),
                    circle = "Too many levels of symbolic links";
  auto outcome = folder.run("graph.toml loop " + long_name + " --set run.epochs=0");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err ==
             "argument midi: there is no file or folder \"loop\": " + circle + check + "argument midi: there is no file or folder \"" +
                 long_name + "\": File name too long" + check +
                 "--set run.epochs: [run] epochs: 0 is out of range; give a value at least 1\n3 mistakes; nothing was started\n");
  outcome = folder.run("graph.toml one.mid --set 'music.files=[\"loop\"]'");
  BOOST_TEST(holds(outcome.err, "parameter \"files\": there is no file or folder \"loop\": " + circle + check), outcome.err);
  folder.write("all.toml",
               "include = [\"loop.toml\"]\n[stages.music]\nuse = \"notes/read\"\nfiles = [\"one.mid\"]\nfils = 1\n[[after]]\nevery = "
               "\"run\"\nrun = \"loop.toml\"\n");
  outcome = folder.run("all.toml --check");
  BOOST_TEST(holds(outcome.err, "all.toml:1:12: there is no file \"loop.toml\" to include"), outcome.err);
  BOOST_TEST(holds(outcome.err, "there is no graph \"loop.toml\"; paths start at the folder of the file that names them\n"), outcome.err);
  BOOST_TEST(holds(outcome.err, "has no parameter \"fils\""), outcome.err);
  BOOST_TEST(folder.run("loop.toml").err ==
             "loop.toml: the file cannot be read: " + circle + "; check that it is there and that you may read it\n");
  BOOST_TEST(folder.run("--resume loop").err == "loop: no run has left anything here; give the directory of a run, such as runs/train\n");
  BOOST_TEST(holds(folder.run("diff loop loop").err, "loop: the file cannot be read: " + circle));
  BOOST_TEST(folder.run("check loop").err == "command line: there is no folder \"loop\"; check the path\n");
}

BOOST_AUTO_TEST_CASE(a_graph_that_is_no_file_is_not_waited_for) {
  Folder folder;
  BOOST_TEST_REQUIRE(::mkfifo(folder.path("pipe.toml").c_str(), 0600) == 0);
  BOOST_TEST(folder.run("pipe.toml").err == "pipe.toml: is a pipe, not a file; name a file\n");
  BOOST_TEST(folder.run(".").err == ".: is a folder, not a file; name a file\n");
  BOOST_TEST(folder.run("/dev/zero").err == "/dev/zero: is a device, not a file; name a file\n");
}

BOOST_AUTO_TEST_SUITE_END()
