// `tivit-run inspect`: what is in files of every kind, and what it says of those that are damaged, foreign or malicious.
#include <nlohmann/json.hpp>
#include <tests/shared_data.hpp>

#include "../pipeline/graph_files.hpp"
#include "midi_file.hpp"
#include "program.hpp"

#include "tests/folders.hpp"
#include "tests/holds.hpp"

namespace {
using nlohmann::json;
using namespace tivit::tests;
namespace fs = std::filesystem;

Outcome inspect(const std::string& words) {
  static const GraphFiles files;
  return tivit_run(files.path(""), "inspect " + words);
}

json told(const fs::path& file) {
  const auto outcome = inspect("'" + file.string() + "' --json");
  BOOST_TEST_REQUIRE(outcome.code == 0, file << ": " << outcome.err);
  return json::parse(outcome.out);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(inspect_files)

BOOST_AUTO_TEST_CASE(checkpoints_of_every_form_and_those_that_attack) {
  const auto folder = shared("golden/checkpoint");
  if (!folder) return;
  const auto contents = json::parse(std::ifstream(*folder / "contents.json"));
  int read = 0, refused = 0;
  for (const auto& entry : fs::directory_iterator(*folder)) {
    if (entry.path().extension() != ".pt") continue;
    const auto name = entry.path().filename().string();
    const auto& expected = contents.at("files").at(name);
    if (!expected.at("loads").get<bool>()) {
      const auto outcome = inspect("'" + entry.path().string() + "'");
      BOOST_TEST(outcome.code == 2, name);
      BOOST_TEST(holds(outcome.err, name), outcome.err);
      BOOST_TEST(!holds(outcome.out + outcome.err, "pwned\n"), name);
      ++refused;
      continue;
    }
    const auto one = told(entry.path());
    BOOST_TEST(one.at("kind") == "torch");
    const auto& wanted = expected.contains("model") ? expected.at("model") : expected.at("entries");
    BOOST_TEST(one.at("tensors").size() == wanted.size(), name);
    for (const auto& tensor : one.at("tensors"))
      BOOST_TEST(wanted.at(tensor.at("name").get<std::string>()).at("shape") == tensor.at("shape"), name << ": " << tensor);
    ++read;
  }
  BOOST_TEST(read == 9);
  BOOST_TEST(refused == 6);
  const auto one = told(*folder / "train_checkpoint.pt");
  BOOST_TEST(one.at("entries").at("epoch").is_number_integer());
  BOOST_TEST(one.at("entries").at("config").at("training").at("learning_rate") == "3e-4");
}

BOOST_AUTO_TEST_CASE(arrays_labels_and_music) {
  GraphFiles files;
  files.write("one.mid", one_note_midi());
  auto midi = told(files.path("one.mid"));
  BOOST_TEST(midi.at("kind") == "midi");
  BOOST_TEST(midi.at("notes") == 1);
  BOOST_TEST(midi.at("pitch_max") == 60);
  files.write("a.txt", "0.5 1 60\n0.75 2 72\n1 0.5 61\n");
  const auto labels = told(files.path("a.txt"));
  BOOST_TEST(labels.at("notes") == 2);
  BOOST_TEST(labels.at("most_at_once") == 2);
  BOOST_TEST(labels.at("last_offset_s") == 2.0);
  BOOST_TEST(labels.at("bad_rows").size() == 1u);
  const auto text = inspect("'" + files.path("a.txt").string() + "' '" + files.path("one.mid").string() + "'");
  BOOST_TEST(holds(text.out, "kind             labels\n"), text.out);
  BOOST_TEST(holds(text.out, "kind             midi\n"), text.out);
  files.write("cut.mid", one_note_midi().substr(0, 20));
  BOOST_TEST(inspect("'" + files.path("cut.mid").string() + "'").code == 2);
  // One bad file costs none of the others.
  files.write("huge.json", "[1e999]").write("odd.toml", "[stages\n");
  const auto three = inspect("'" + files.path("a.txt").string() + "' '" + files.path("huge.json").string() + "' '" +
                             files.path("odd.toml").string() + "' '" + files.path("one.mid").string() + "'");
  BOOST_TEST(three.code == 2);
  BOOST_TEST(holds(three.out, "kind             labels\n"), three.out);
  BOOST_TEST(holds(three.out, "kind             midi\n"), three.out);
  BOOST_TEST(holds(three.err, files.path("huge.json").string() + ": cannot be read: "), three.err);
  files.write("fake.npz", "PK\003\004 and no more");
  const auto npz = inspect("'" + files.path("fake.npz").string() + "'");
  BOOST_TEST(npz.code == 2);
  BOOST_TEST(holds(npz.err, "fake.npz"), npz.err);
  if (const auto golden = shared("golden/metrics_dump_logits.npz")) {
    const auto arrays = told(*golden);
    BOOST_TEST(arrays.at("kind") == "numpy");
    BOOST_TEST(arrays.at("arrays")[0].at("dtype") == "f64");
    BOOST_TEST(arrays.at("texts").contains("meta"));
  }
}

BOOST_AUTO_TEST_CASE(videos_by_their_frames) {
  const auto mta = shared("data/mta");
  if (!mta) return;
  std::ifstream table(*mta / "clips.tsv");
  std::string line;
  for (std::getline(table, line); std::getline(table, line);) {
    if (!line.starts_with("test_V2\t")) continue;
    std::istringstream fields(line);
    std::string name, view, codec, fps, frames;
    fields >> name >> view >> codec >> fps >> frames;
    const auto video = told(*mta / "test/test_V2.wmv");
    BOOST_TEST(video.at("kind") == "video");
    BOOST_TEST(video.at("frames") == std::stoi(frames));
    BOOST_TEST(video.at("fps") == 30.0);
    BOOST_TEST(video.at("width") == 640);
    BOOST_TEST(video.at("exact_seeks") == false);
    BOOST_TEST(video.at("streams").at(0).at("codec").get<std::string>().find("Windows Media Video 9") == 0u);
  }
  GraphFiles files;
  const auto bytes = read_text(*mta / "test/test_V2.wmv");
  files.write("cut.wmv", bytes.substr(0, 3000));
  const auto cut = inspect("'" + files.path("cut.wmv").string() + "'");
  BOOST_TEST(cut.code == 2, cut.out);
  BOOST_TEST(holds(cut.err, "cut.wmv"), cut.err);
}

BOOST_AUTO_TEST_CASE(graphs_calibrations_and_what_nobody_knows) {
  const auto graph = told(source_folder() / "graphs/transcribe.toml");
  BOOST_TEST(graph.at("kind") == "graph");
  BOOST_TEST(graph.at("arguments")[0].at("name") == "videos");
  BOOST_TEST(graph.at("stages").size() > 5u);
  GraphFiles files;
  files.write("calibration.json", "{\"onset\": {\"best_prob\": 0.35}}");
  BOOST_TEST(told(files.path("calibration.json")).at("content").at("onset").at("best_prob") == 0.35);
  files.write("broken.json", "{\"onset\":\n oops}");
  BOOST_TEST(holds(inspect("'" + files.path("broken.json").string() + "'").err, "broken.json:2:2: is no JSON"));
  files.write("x.keyboard.toml", "corners = [[0, 0], [100, 0], [100, 20], [0, 20]]\n");
  BOOST_TEST(told(files.path("x.keyboard.toml")).at("corners")[2].at("y_px") == 20.0);
  files.write("x.bin", "\001\002\003");
  const auto unknown = inspect("'" + files.path("x.bin").string() + "'");
  BOOST_TEST(unknown.code == 2);
  BOOST_TEST(holds(unknown.err,
                   "nothing here knows this kind of file; known are \"graph\", \"json\", \"keyboard\", \"labels\", \"midi\", \"numpy\", "
                   "\"safetensors\", \"torch\", \"video\""),
             unknown.err);
  BOOST_TEST(holds(inspect("nowhere.txt").err, "nowhere.txt: the file does not exist"));
  BOOST_TEST(holds(inspect("/").err, "is no file; name a file, not a folder"));
  BOOST_TEST(inspect("").err == "command line: no file was given; `tivit-run inspect --help` shows how to ask\n");
  BOOST_TEST(holds(inspect("--help").out, "It knows\n  graph: "));
}

BOOST_AUTO_TEST_SUITE_END()
