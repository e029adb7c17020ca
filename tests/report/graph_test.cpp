// MIDI files in, transcriptions beside them, scores and pictures out: one graph, one damaged file, one failing recording.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <stages/notes/midi_file.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/run.hpp>

#include "tests/folders.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tivit::notes;

/// Stands for a model: every note 20 ms late, the last one missing; refuses the recording called "stubborn".
struct Transcribe {
  static void contract(tivit::Contract<Transcribe>& c) {
    c.map("a transcription that is late").parallel();
    c.in("truth", "notes");
    c.out("found", "notes");
  }
  Notes operator()(const Notes& truth, tivit::Context& context) const {
    if (context.get<tivit::SourceName>("name").clip == "stubborn") throw tivit::Error("no keyboard in sight");
    Notes found = truth;
    found.list.pop_back();
    for (auto& note : found.list) note.onset_s += 0.02, note.offset_s += 0.02;
    return found;
  }
};
TIVIT_STAGE("test/transcribe", Transcribe)

}  // namespace

BOOST_AUTO_TEST_SUITE(graph)

BOOST_AUTO_TEST_CASE(scores_pictures_and_files_of_a_run_that_lost_two_recordings) {
  const fs::path folder = tivit::tests::build_folder() / "tests" / "report" / "graph";
  fs::remove_all(folder);
  for (const std::string name : {"short", "stubborn", "long"}) {
    Notes notes;
    for (int i = 0; i < (name == "long" ? 40 : 5); ++i) notes.list.push_back({0.5 * i, 0.5 * i + 0.4, 50 + i % 20, 80});
    write_midi(folder / (name + ".mid"), notes);
  }
  tivit::write_file(folder / "damaged.mid", "MThd, or what is left of it");
  const auto quoted = [&](const std::string& name) { return "\"" + (folder / name).string() + "\""; };
  std::ofstream(folder / "graph.toml") << "[run]\non_error = { do = \"skip\" }\n[stages.truth]\nuse = \"notes/read\"\nfiles = ["
                                       << quoted("short.mid") << ", " << quoted("damaged.mid") << ", " << quoted("stubborn.mid") << ", "
                                       << quoted("long.mid") << "]\n"
                                       << R"([stages.found]
use = "test/transcribe"
in = "truth"
[stages.scores]
use = "metrics/notes"
in = { estimate = "found", reference = "truth" }
[stages.frames]
use = "metrics/frames"
in = { estimate = "found", reference = "truth" }
[stages.save]
use = "report/json"
in = "scores"
[stages.save_frames]
use = "report/json"
in = "frames"
[stages.table]
use = "report/scores"
in = "scores"
[stages.midi]
use = "notes/midi"
in = "found"
[stages.picture]
use = "report/roll"
in = { estimate = "found", reference = "truth" }
)";
  const tivit::Plan plan = tivit::make_plan(tivit::GraphRequest{folder / "graph.toml", {}, {}});
  tivit::RunContext context;
  context.directory = folder / "run";
  tivit::Run run(plan, context);
  run.execute();

  const auto scores = nlohmann::json::parse(tivit::read_file(folder / "run" / "save.json"));
  BOOST_TEST(scores["failed"] == 2);
  BOOST_REQUIRE(scores["recordings"].size() == 2u);
  BOOST_TEST(scores["recordings"][0]["name"] == "short");
  BOOST_TEST(scores["recordings"][1]["name"] == "long");
  BOOST_TEST(scores["recordings"][0]["raw"]["note_onset_recall_50ms"].get<double>() == 0.8, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(scores["recordings"][1]["raw"]["onset_bias_ms"].get<double>() == 20, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(nlohmann::json::parse(tivit::read_file(folder / "run" / "save_frames.json"))["failed"] == 2);
  BOOST_TEST(read_midi(folder / "run" / "midi" / "long.mid").notes.list.size() == 39u);
  BOOST_TEST(!fs::exists(folder / "run" / "midi" / "stubborn.mid"));
  BOOST_TEST(fs::file_size(folder / "run" / "rolls" / "long.png") > 5000u);
  BOOST_TEST(!context.last_metrics("eval").empty());
}

BOOST_AUTO_TEST_SUITE_END()
