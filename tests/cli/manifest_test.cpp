// manifest.json: what a run was made of, so that it can be told from another.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <tivit/content_hash.hpp>

#include "midi_to_labels.hpp"
#include "tests/folders.hpp"

using nlohmann::json;
using tivit::tests::Folder;
using tivit::tests::read_text;

namespace {

json manifest_of(const Folder& folder) { return json::parse(read_text(folder.path("run/manifest.json"))); }

json input(const std::string& part, const std::string& parameter, const std::string& file, const std::string& content) {
  return {{"part", part}, {"parameter", parameter}, {"file", file}, {"bytes", content.size()}, {"xxh128", tivit::hash_of(content)}};
}

/// What a source reads one after another: by its size and the time of its last change.
json item(const Folder& folder, const std::string& part, const std::string& parameter, const std::string& file) {
  struct stat about {};
  BOOST_TEST_REQUIRE(::stat(folder.path(file).c_str(), &about) == 0);
  return {{"part", part}, {"parameter", parameter}, {"file", file}, {"bytes", about.st_size}, {"modified_s", about.st_mtim.tv_sec}};
}

const std::string clips_to_table =
    "title = \"clips\"\n[stages.clips]\nuse = \"data/clips\"\n{}[stages.table]\nuse = \"keyboard/write_table\"\nin = \"clips\"\nto = "
    "\"out.tsv\"\n";

std::string with(const std::string& parameters) {
  std::string text = clips_to_table;
  return text.replace(text.find("{}"), 2, parameters);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manifest)

BOOST_AUTO_TEST_CASE(versions_build_and_machine_are_written_down) {
  Folder folder;
  BOOST_TEST(folder.run("graph.toml one.mid --run-dir run").code == 0);
  const auto manifest = manifest_of(folder);
  std::vector<std::string> libraries{"LibTorch", "oneTBB"};
  if (folder.run("describe video/encode").code == 0) libraries.emplace_back("GStreamer");
  for (const auto& library : libraries)
    BOOST_TEST(std::regex_match(manifest["versions"].value(library, ""), std::regex("[0-9]+(\\.[0-9]+)+.*")), library);
  // What is loaded is what it was built with.
  BOOST_TEST(manifest["versions"]["LibTorch"].get<std::string>().starts_with(manifest["build"]["LibTorch"].get<std::string>() + "."));
  for (const char* fact : {"framework ABI", "C++ standard library", "build type", "compiler"})
    BOOST_TEST(!manifest["build"].value(fact, "").empty(), fact);
  BOOST_TEST(manifest["machine"].value("cores", 0) >= 1);
  BOOST_TEST(read_text("/proc/cpuinfo").find(manifest["machine"].value("model", "?")) != std::string::npos);
  BOOST_TEST(!manifest["machine"].contains("name"));  // whose it is is nobody's business
}

BOOST_AUTO_TEST_CASE(the_commit_of_the_sources_is_written_down) {
  Folder folder;
  BOOST_TEST(folder.run("graph.toml one.mid --run-dir run").code == 0);
  const std::string ask = "git -C '" + tivit::tests::source_folder().string() + "' rev-parse --short=7 HEAD >'" +
                          folder.path("head").string() + "' 2>/dev/null";
  const bool clone = std::filesystem::exists(tivit::tests::source_folder() / ".git") && std::system(ask.c_str()) == 0;
  BOOST_TEST(manifest_of(folder)["versions"].contains("sources") == clone);
}

BOOST_AUTO_TEST_CASE(files_that_a_source_reads_are_told_by_size_and_time) {
  Folder folder;
  const std::string labels = "[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\n";
  folder.write("two.txt", "0.0\t0.5\t60\n");
  folder.write("also.toml", "[stages.music]\nuse = \"notes/read\"\nfiles = [\"two.txt\"]\n" + labels);
  folder.write("graph.toml", tivit::tests::graph + "[[after]]\nevery = \"run\"\nrun = \"also.toml\"\n");
  const auto outcome = folder.run("graph.toml one.mid two.txt --run-dir run");
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST(manifest_of(folder)["inputs"] ==
             json::array({item(folder, "music", "files[0]", "one.mid"), item(folder, "music", "files[1]", "two.txt"),
                          item(folder, "also/music", "files[0]", "two.txt")}));
}

BOOST_AUTO_TEST_CASE(what_a_stage_writes_is_no_input_and_lists_of_a_data_set_are_found_below_its_root) {
  Folder folder;
  const std::string table = "name\tseconds\na\t5\n";
  folder.write("set/clips.tsv", table).write("set/train/a.mp4", "no film").write("out.tsv", "of another run");
  const std::string columns = "columns.duration = \"seconds\"\ncolumns.corners = []\n";
  folder.write("graph.toml", with("root = \"set\"\ntable = \"clips.tsv\"\nsplit = \"train\"\n" + columns));
  const auto outcome = folder.run("graph.toml --run-dir run");
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST(manifest_of(folder)["inputs"] == json::array({input("clips", "table", "set/clips.tsv", table)}));
}

BOOST_AUTO_TEST_SUITE_END()
