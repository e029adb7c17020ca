// manifest.json: what a run was made of, so that it can be told from another.
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

BOOST_AUTO_TEST_CASE(files_that_parameters_name_are_told_by_size_and_hash) {
  Folder folder;
  const std::string labels = "[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\n";
  folder.write("two.txt", "0.0\t0.5\t60\n");
  folder.write("also.toml", "[stages.music]\nuse = \"notes/read\"\nfiles = [\"two.txt\"]\n" + labels);
  folder.write("graph.toml", tivit::tests::graph + "[[after]]\nevery = \"run\"\nrun = \"also.toml\"\n");
  const auto outcome = folder.run("graph.toml one.mid two.txt --run-dir run");
  BOOST_TEST(outcome.code == 0, outcome.err);
  const auto midi = read_text(folder.path("one.mid")), text = read_text(folder.path("two.txt"));
  BOOST_TEST(manifest_of(folder)["inputs"] ==
             json::array({input("music", "files[0]", "one.mid", midi), input("music", "files[1]", "two.txt", text),
                          input("also/music", "files[0]", "two.txt", text)}));
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

BOOST_AUTO_TEST_CASE(of_large_files_the_ends_are_hashed) {
  Folder folder;
  constexpr std::size_t megabyte = 1 << 20, size = 65 * megabyte + 3;
  std::string content(size, 'x');
  content[10] = content[size - 10] = 'e';
  folder.write("long.mp4", content).write("graph.toml", with("files = [\"long.mp4\"]\n"));
  folder.run("graph.toml --run-dir run");
  const auto ends = tivit::hash_of(content.substr(0, megabyte) + content.substr(size - megabyte));
  const json expected{{"part", "clips"}, {"parameter", "files[0]"}, {"file", "long.mp4"}, {"bytes", size}, {"xxh128_of_ends", ends}};
  BOOST_TEST(manifest_of(folder)["inputs"] == json::array({expected}));
}

BOOST_AUTO_TEST_SUITE_END()
