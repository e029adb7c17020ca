// Plugins as a user of tivit-run meets them.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "../cli/program.hpp"
#include "../pipeline/graph_files.hpp"
#include "files.hpp"

#include "tests/folders.hpp"
#include "tests/holds.hpp"

using namespace tivit::tests;

namespace {

struct Folder : GraphFiles {
  Folder() {
    write("values.npz", tivit::read_file(source_folder() / "pipeline/cli/new_stage/values.npz"));
    write("graph.toml", graph(""));
  }
  static std::string graph(const std::string& run) {
    return "title = \"t\"\n" + run +
           "[stages.values]\nuse = \"data/npz\"\nfiles = [\"values.npz\"]\n[stages.twice]\nuse = \"example/twice\"\nin = "
           "\"values.values\"\n[stages.save]\nuse = \"report/npz\"\nin = { twice = \"twice\" }\nto = \"out.npz\"\n";
  }
  Outcome run(const std::string& words, const std::string& environment = "") const { return tivit_run(path(""), words, environment); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(plugins_of_the_program)

BOOST_AUTO_TEST_CASE(a_graph_runs_with_a_plugin_from_any_place) {
  Folder folder;
  const std::string one = plugin("one").string();
  const auto without = folder.run("graph.toml");
  BOOST_TEST(without.code == 2);
  BOOST_TEST(holds(without.err, "there is no stage \"example/twice\""), without.err);
  auto outcome = folder.run("graph.toml --plugin " + one);
  BOOST_TEST(outcome.code == 0, outcome.err);
  const auto manifest = nlohmann::json::parse(read_text(folder.path("runs/graph/manifest.json")));
  BOOST_TEST(manifest["plugins"] == nlohmann::json::array({one}));
  BOOST_TEST(manifest["stages"]["twice"]["origin"] == one);
  BOOST_TEST(folder.run("graph.toml --plugin=" + one + " --check").code == 0);
  BOOST_TEST(folder.run("graph.toml --check", "TIVIT_PLUGIN_PATH=" + plugin("one").parent_path().string()).code == 0);
  BOOST_TEST(folder.run("graph.toml --check --set 'run.plugins=[\"" + one + "\"]'").code == 0);

  std::filesystem::create_directory(folder.path("sub"));
  std::filesystem::create_symlink(one, folder.path("sub/one.so"));
  folder.write("sub/graph.toml", Folder::graph("[run]\nplugins = [\"one.so\"]\n"));
  outcome = folder.run("sub/graph.toml --resolve");
  BOOST_TEST(outcome.code == 0, outcome.err);
  // From the root: the resolved graph works wherever it lies.
  BOOST_TEST(
      holds(outcome.out, "plugins = [\"" + std::filesystem::canonical(folder.path("sub")).string() + "/one.so\"]  # sub/graph.toml:3:11"),
      outcome.out);
  BOOST_TEST(folder.run("sub/graph.toml").code == 0);
}

BOOST_AUTO_TEST_CASE(a_run_does_not_go_on_with_other_code) {
  Folder folder;
  const std::string one = plugin("one").string(), other = std::filesystem::canonical(folder.path("")).string() + "/other.so";
  std::filesystem::copy_file(one, other);
  BOOST_TEST(folder.run("graph.toml --run-dir run --plugin " + one).code == 0);
  BOOST_TEST(folder.run("--resume run").code == 0);
  const auto refused = [&](const std::string& words) {
    const auto outcome = folder.run("--resume run " + words);
    BOOST_TEST(outcome.code == 2, outcome.err);
    return outcome.err;
  };
  // A stage of the same name from another file; the same file with other code; other libraries.
  auto said = refused("graph.toml --plugin " + other);
  BOOST_TEST(holds(said, "\n  plugins: [\"" + one + "\"] -> [\"" + other + "\"]\n"), said);
  BOOST_TEST(holds(said, "\n  stages.twice.origin: " + one + " -> " + other + ";"), said);
  BOOST_TEST(folder.run("--resume run graph.toml --resume-anyway --plugin " + other).code == 0);
  std::ofstream(other, std::ios::app) << "changed";
  said = refused("");
  BOOST_TEST(holds(said, "\n  plugin_hashes." + other + ": "), said);
  BOOST_TEST(folder.run("--resume run --resume-anyway").code == 0);
  const auto manifest = folder.path("run/manifest.json");
  auto text = nlohmann::ordered_json::parse(read_text(manifest));
  text["versions"]["LibTorch"] = "1.0.0";
  text["versions"]["oneTBB"] = "1.0";  // schedules, and computes nothing
  text["versions"]["sources"] = "0123456";
  std::ofstream(manifest) << text;
  said = refused("");
  BOOST_TEST(holds(said, "this is not the run that began here:\n  versions.LibTorch: 1.0.0 -> "), said);
  BOOST_TEST(!holds(said, "oneTBB"), said);
  BOOST_TEST(!holds(said, "sources"), said);
  // Of a run from before versions were written down nothing is known, and nothing held against it.
  for (const char* key : {"versions", "plugin_hashes", "resources"}) text.erase(key);
  std::ofstream(manifest) << text;
  BOOST_TEST(folder.run("--resume run").code == 0);
}

BOOST_AUTO_TEST_CASE(the_schema_for_editors_knows_a_plugins_stages) {
  Folder folder;
  const auto without = nlohmann::json::parse(folder.run("schema").out);
  BOOST_TEST(!without["definitions"].contains("example.twice"));
  BOOST_TEST(folder.run("schema with.json --plugin " + plugin("one").string()).code == 0);
  const auto with = nlohmann::json::parse(read_text(folder.path("with.json")));
  BOOST_TEST(with["definitions"]["example.twice"]["properties"]["use"]["const"] == "example/twice");
  BOOST_TEST(with["definitions"].size() > without["definitions"].size());
}

BOOST_AUTO_TEST_CASE(stages_say_where_they_come_from) {
  Folder folder;
  const std::string one = plugin("one").string();
  const auto list = folder.run("list --plugin " + one).out;
  BOOST_TEST(list.starts_with("built in\nbatch/"), list);
  BOOST_TEST(holds(list, "\n\n" + one + "\nexample/keep "), list);
  BOOST_TEST(!holds(folder.run("list").out, "example/keep"));
  BOOST_TEST(holds(folder.run("describe example/keep --plugin " + one).out, "; " + one + "\n"));
  BOOST_TEST(nlohmann::json::parse(folder.run("describe example/keep --json --plugin " + one).out)["origin"] == one);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_loaded_is_a_mistake_at_its_place) {
  Folder folder;
  const std::string torch = plugin("other_torch").string();
  folder.write("bad.toml", Folder::graph("[run]\nplugins = [\"none.so\", \"" + torch + "\", 7]\n"));
  const auto outcome = folder.run("bad.toml");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(holds(outcome.err, "bad.toml:3:12: [run] plugins: cannot read plugin "), outcome.err);
  BOOST_TEST(
      holds(outcome.err, "bad.toml:3:23: [run] plugins: plugin " + torch + " was not built for this tivit: LibTorch: found 2.6, needed "),
      outcome.err);
  BOOST_TEST(holds(outcome.err, "[run] plugins lists files and folders, not an integer"), outcome.err);
  BOOST_TEST(!std::filesystem::exists(folder.path("runs")));
  BOOST_TEST_REQUIRE(::mkfifo(folder.path("pipe.so").c_str(), 0600) == 0);
  std::filesystem::create_directory(folder.path("empty"));
  for (const std::string command : {"graph.toml", "list", "describe notes/threshold", "schema"}) {
    const auto pipe = folder.run(command + " --plugin pipe.so"), empty = folder.run(command + " --plugin empty");
    BOOST_TEST(pipe.code == 2, command);
    BOOST_TEST(holds(pipe.err, "pipe.so: it is no file"), pipe.err);
    BOOST_TEST(empty.code == 2, command);
    BOOST_TEST(holds(empty.err, "there is no plugin in the folder "), empty.err);
  }
  // An empty text hides no other mistake.
  folder.write("empty.toml", Folder::graph("[run]\nplugins = [\"\", 7]\n"));
  const auto no_name = folder.run("empty.toml");
  BOOST_TEST(no_name.code == 2);
  BOOST_TEST(no_name.err.starts_with(
                 "empty.toml:3:12: [run] plugins: an empty text names no file; give a .so file or a folder, or leave it out\n"),
             no_name.err);
  BOOST_TEST(holds(no_name.err, "empty.toml:3:16: [run] plugins lists files and folders, not an integer"), no_name.err);
  const auto given = folder.run("graph.toml --plugin " + torch);
  BOOST_TEST(given.code == 2);
  BOOST_TEST(given.err.starts_with("--plugin: plugin " + torch), given.err);
  for (const std::string name : {"two", "takes_a_built_in_name"}) {
    const auto taken = folder.run("list --plugin " + plugin("one").string() + " --plugin " + plugin(name).string());
    BOOST_TEST(taken.code == 2);
    BOOST_TEST(holds(taken.err, name == "two" ? "brings a stage \"example/keep\", which is there already (" + plugin("one").string() + ")"
                                              : "brings a stage \"notes/threshold\", which is there already (built in)"),
               taken.err);
  }
}

BOOST_AUTO_TEST_CASE(what_a_static_object_throws_ends_the_program_with_the_plugins_name) {
  const std::string broken = plugin("throws_when_loaded").string();
  const auto outcome = Folder().run("list --plugin " + broken);
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "plugin " + broken +
                                " threw while it was loaded: no licence for this plugin\n  a static object of it fails: make it in the "
                                "stage's open() instead\n");
}

BOOST_AUTO_TEST_SUITE_END()
