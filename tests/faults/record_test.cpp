// What a stage was given and what it made can be written down, and the stage alone makes it again.
#include <tivit/recording.hpp>
#include <tivit/tensor/fields.hpp>
#include <tivit/testing/recorded.hpp>

#include "trouble.hpp"

namespace {
using namespace tivit::tests;

const std::vector<std::string> stages{"clips", "windows", "strips", "batch", "forward", "split", "stitch", "events", "scores"};

/// An evaluation of which every kind of stage was recorded; made once.
const fs::path& recorded() {
  static const fs::path folder = [] {
    const fs::path made = fresh_folder("record");
    std::vector<std::string> words{graph("eval.toml"),      "--quiet",   "--checkpoint",
                                   some_weights().string(), "--run-dir", (made / "run").string()};
    for (const auto& stage : stages) words = words + std::vector<std::string>{"--record", stage};
    const auto outcome = run(words + on_sample(), made);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    return made;
  }();
  return folder;
}

Outcome replay(const std::vector<std::string>& words) {
  return run(std::vector<std::string>{"replay", (recorded() / "run").string()} + words, recorded());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(every_kind_of_stage_makes_again_what_it_made) {
  for (const auto& stage : stages) {
    const auto outcome = replay({"--stage", stage});
    BOOST_TEST(outcome.code == 0, outcome.output);
    BOOST_TEST(outcome.output.find("everything as it was recorded") != std::string::npos, outcome.output);
    const auto lines = read_json_lines(recorded() / "run/record" / stage / "index.jsonl");
    BOOST_TEST(lines.size() >= 3u, stage);
  }
}

BOOST_AUTO_TEST_CASE(the_harness_makes_again_what_the_program_recorded) {
  for (const auto& stage : stages) {
    const tivit::testing::Recorded recording(recorded() / "run/record" / stage);
    tivit::testing::Harness h(recording.use(), recording.settings());
    h.feed(recording);
    BOOST_TEST(recording.difference(h.run()) == "", stage);
    BOOST_TEST(recording.made().size() + recording.events().size() >= 3u, stage);
  }
}

BOOST_AUTO_TEST_CASE(the_first_value_that_differs_is_named) {
  const auto outcome = replay({"--stage", "windows", "--set", "windows.rows=190"});
  BOOST_TEST(outcome.code == 1, outcome.output);
  BOOST_TEST(outcome.output.find("stage windows, after 1 call: item 0/0, output \"window\" of item 0 made from it rows: 200, now 190") !=
                 std::string::npos,
             outcome.output);

  // A value of a tensor that is not what was made.
  const fs::path payloads = recorded() / "run/record/strips/payloads.bin";
  const auto line = read_json_lines(recorded() / "run/record/strips/index.jsonl").at(0);
  const std::string before = read_file(payloads);
  std::string spoilt = before;
  const auto value = line["outputs"][0]["values"][0];
  const auto last = value["at"].get<std::size_t>() + value["bytes"].get<std::size_t>() - 200;
  spoilt[last] = static_cast<char>(spoilt[last] ^ 1);
  std::ofstream(payloads, std::ios::binary) << spoilt;
  const auto differs = replay({"--stage", "strips"});
  std::ofstream(payloads, std::ios::binary) << before;
  BOOST_TEST(differs.code == 1, differs.output);
  BOOST_TEST(differs.output.find("item " + line["item"].get<std::string>() + ", output \"strip\"[") != std::string::npos, differs.output);
  BOOST_TEST(differs.output.find(", now ") != std::string::npos, differs.output);
}

BOOST_AUTO_TEST_CASE(a_recording_that_is_cut_short_is_no_whole_one) {
  const fs::path folder = recorded() / "run/record/events", index = folder / "index.jsonl";
  const std::string before = read_file(index), about = read_file(folder / "recording.json");
  std::ofstream(index) << before.substr(0, before.find('\n') + 1);
  const auto cut = replay({"--stage", "events"});
  BOOST_TEST(cut.code == 1, cut.output);
  BOOST_TEST(cut.output.find("1 call, everything as it was recorded, but the recording is cut short: it has 1 of ") != std::string::npos,
             cut.output);
  std::ofstream(index) << before;
  auto unclosed = nlohmann::ordered_json::parse(about);
  unclosed.erase("calls");
  std::ofstream(folder / "recording.json") << unclosed;
  const auto killed = replay({"--stage", "events"});
  std::ofstream(folder / "recording.json") << about;
  BOOST_TEST(killed.code == 1, killed.output);
  BOOST_TEST(killed.output.find(": the run was killed, or is still going on; record the stage again") != std::string::npos, killed.output);
}

BOOST_AUTO_TEST_CASE(a_recording_can_be_read_by_a_test) {
  tivit::Recording recording(recorded() / "run/record/strips");
  BOOST_TEST(recording.use() == "keyboard/strips");
  int calls = 0;
  while (const auto call = recording.next()) {
    ++calls;
    BOOST_TEST(call->inputs.at(0).first == "clip");
    const auto strip = call->outputs.at(0).values.at(0).payload();
    BOOST_TEST(strip.is<at::Tensor>());
    BOOST_TEST(tivit::dtype_name(strip.as<at::Tensor>().scalar_type()) == "u8");
    const auto beside = tivit::attachments_of(call->beside);
    BOOST_TEST(beside.find<tivit::SourceName>()->clip != "");
    BOOST_TEST(beside.find<tivit::TimeGrid>()->hop_ns == 4e7);
  }
  BOOST_TEST(calls >= 3);
  // What a killed run leaves: a line without its end.
  const fs::path torn = recorded() / "torn";
  fs::copy(recorded() / "run/record/strips", torn);
  fs::resize_file(torn / "index.jsonl", fs::file_size(torn / "index.jsonl") - 10);
  tivit::Recording rest(torn);
  while (rest.next()) --calls;
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_recorded_is_said_before_anything_runs) {
  const fs::path folder = fresh_folder("record-refused");
  const auto refused = [&](const std::vector<std::string>& words) {
    const auto outcome = run(words, folder);
    BOOST_TEST(outcome.code == 2, outcome.output);
    BOOST_TEST(!fs::exists(folder / "run"));
    return outcome.output;
  };
  const auto nothing = refused(
      std::vector<std::string>{graph("eval.toml"), "--checkpoint", some_weights().string(), "--run-dir", "run", "--record", "strip"} +
      on_sample());
  BOOST_TEST(nothing.starts_with("--record: the graph has no stage \"strip\"; it has \"clips\", "), nothing);
  std::ofstream(folder / "a.npz") << "x";
  std::ofstream(folder / "arrays.toml") << "[stages.arrays]\nuse = \"data/npz\"\nfiles = [\"a.npz\"]\n";
  const auto arrays = refused({"arrays.toml", "--run-dir", "run", "--record", "arrays"});
  BOOST_TEST(
      arrays.find("\"arrays\" at port \"arrays\" of stage \"arrays\" cannot be recorded: no codec is known for it") != std::string::npos,
      arrays);
  const auto several = replay({});
  BOOST_TEST(several.code == 2);
  BOOST_TEST(several.output.find("several stages were recorded here: \"batch\", ") != std::string::npos, several.output);
}

BOOST_AUTO_TEST_SUITE_END()
