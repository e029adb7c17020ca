// Transcription: three files for each video, the same notes whatever the windows and batches.
#include <ATen/TensorOperators.h>

#include <stages/data/npz.hpp>

#include "sample.hpp"

#include "tests/folders.hpp"

namespace {
using namespace tivit::tests;

std::string one_video() { return (sample_set() / "test").string(); }

fs::path first_video() {
  std::vector<fs::path> videos;
  for (const auto& entry : fs::directory_iterator(one_video()))
    if (entry.path().extension() == ".mp4") videos.push_back(entry.path());
  std::sort(videos.begin(), videos.end());
  return videos.at(0);
}

std::vector<std::string> transcribe(const fs::path& video, const fs::path& folder) {
  return {graph("transcribe.toml"),
          video.string(),
          "--to",
          (folder / "out").string(),
          "--run-dir",
          (folder / "run").string(),
          "--checkpoint",
          some_weights().string(),
          "--set",
          "run.precision=fp32",
          "--set",
          "events.onset=0.05",
          "--set",
          "events.frame_support=0.01",
          "--set",
          "cache=" + (build_folder() / "tests/cache").string()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transcription)

/// The per-key network sees 31 rows. Where windows overlap by as many, neither notes nor logits depend on windows and batches.
BOOST_AUTO_TEST_CASE(notes_and_logits_do_not_depend_on_windows_and_batches) {
  const fs::path video = first_video();
  std::string expected;
  tivit::Fields wanted;
  for (const auto& [rows, hop, batch] : {std::tuple{200, 160, 4}, {120, 80, 1}, {333, 302, 3}, {60, 52, 4}}) {
    const fs::path folder = fresh_folder("windows-" + std::to_string(rows));
    // What is transcribed with, and the logits beside it.
    std::ofstream(folder / "with_logits.toml")
        << "include = [\"" << graph("transcribe.toml")
        << "\"]\n[stages.save]\nuse = \"report/npz\"\nin = { logits = \"stitch\" }\nto = \"logits.npz\"\n";
    auto arguments = transcribe(video, folder);
    arguments[0] = "with_logits.toml";
    const auto outcome =
        run(arguments + std::vector<std::string>{"--set", "windows.rows=" + std::to_string(rows), "--set",
                                                 "windows.hop=" + std::to_string(hop), "--set", "batch=" + std::to_string(batch)},
            folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    const std::string stem = video.stem().string();
    const std::string midi = read_file(folder / "out" / (stem + ".mid"));
    BOOST_TEST(midi.size() > 200u);  // there are notes: thresholds are low for weights that are hardly trained
    BOOST_TEST(fs::exists(folder / "out" / (stem + ".txt")));
    BOOST_TEST(fs::file_size(folder / "out" / (stem + ".png")) > 1000u);
    const auto logits = tivit::data::read_npz(folder / "logits.npz").arrays.sub("logits");
    if (expected.empty()) expected = midi, wanted = logits;
    double furthest = 0;
    BOOST_TEST_REQUIRE(logits.size() == wanted.size());
    for (const auto& [head, values] : wanted) {
      BOOST_TEST_REQUIRE(logits.at(head).sizes() == values.sizes(), head);
      furthest = std::max(furthest, (logits.at(head) - values).abs().max().item<double>());
    }
    BOOST_TEST_MESSAGE("windows of " << rows << " rows: logits differ by " << furthest);
    BOOST_TEST_CONTEXT("windows of " << rows << " rows, " << rows - hop << " of overlap") {
      if (rows - hop < 31) {
        BOOST_TEST(furthest > 1e-2);  // too small an overlap shows
        continue;
      }
      BOOST_TEST((midi == expected));
      BOOST_TEST(furthest < 1e-4);
    }
  }
}

BOOST_AUTO_TEST_CASE(memory_stays_near_its_budget) {
  const fs::path folder = fresh_folder("memory");
  // 20 s of video through the default windows and batches, decoded anew; 512 MiB may be in flight, 120 are the program and its libraries.
  const auto outcome =
      run(transcribe(first_video(), folder) + std::vector<std::string>{"--set", "cache=" + (folder / "cache").string()}, folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  BOOST_TEST_MESSAGE("most memory: " << outcome.peak_mib << " MiB");
  BOOST_TEST(outcome.peak_mib > 100);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  BOOST_TEST(outcome.peak_mib < 700);
#endif
}

BOOST_AUTO_TEST_CASE(a_video_without_corners_is_refused_with_a_still_to_mark) {
  const fs::path folder = fresh_folder("no-corners");
  fs::copy_file(first_video(), folder / "mine.mp4");
  const auto outcome = run(transcribe(folder / "mine.mp4", folder), folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  BOOST_TEST(outcome.output.find("corners") != std::string::npos, outcome.output);
  BOOST_TEST(fs::exists(folder / "run/stills/mine.png"));
}

BOOST_AUTO_TEST_CASE(a_broken_sidecar_costs_its_video) {
  const fs::path folder = fresh_folder("broken-sidecar");
  for (const char* name : {"good", "bad"}) {
    fs::copy_file(first_video(), folder / (std::string(name) + ".mp4"));
    fs::copy_file(fs::path(first_video()).replace_extension(".keyboard.toml"), folder / (std::string(name) + ".keyboard.toml"));
  }
  std::ofstream(folder / "bad.keyboard.toml") << "cornres = 1\n";
  const auto outcome = run(transcribe(folder / "bad.mp4", folder) + std::vector<std::string>{(folder / "good.mp4").string()}, folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  BOOST_TEST(fs::exists(folder / "out/good.mid"));
  const auto lost = read_json_lines(folder / "run/quarantine.jsonl");
  BOOST_TEST_REQUIRE(lost.size() == 1u);
  BOOST_TEST(lost[0]["clip"] == "bad");
  BOOST_TEST(lost[0]["stage"] == "clips");
  BOOST_TEST(lost[0]["cause"].get<std::string>().find("bad.keyboard.toml:1:1: unknown key \"cornres\"") != std::string::npos, lost[0]);
}

BOOST_AUTO_TEST_CASE(one_file_for_all_results_is_refused_before_any_work) {
  const fs::path folder = fresh_folder("one-file");
  auto command = transcribe(first_video(), folder);
  command[3] = (folder / "song.mid").string();
  const auto outcome = run(command + std::vector<std::string>{"--check"}, folder);
  BOOST_TEST(outcome.code == 2, outcome.output);
  for (const char* extension : {"txt", "png"})
    BOOST_TEST(outcome.output.find("song.mid: is called as a file is, and a folder is wanted; name a folder, such as \"" +
                                   (folder / "song").string() + "\", or a file that ends in ." + extension) != std::string::npos,
               outcome.output);
  BOOST_TEST(!fs::exists(folder / "song.mid"));
}

BOOST_AUTO_TEST_CASE(what_is_found_beside_the_video_never_has_the_name_of_its_labels) {
  const fs::path folder = fresh_folder("beside");
  fs::create_directories(folder / "out");
  fs::copy_file(first_video(), folder / "out/mine.mp4");
  fs::copy_file(fs::path(first_video()).replace_extension(".keyboard.toml"), folder / "out/mine.keyboard.toml");
  std::ofstream(folder / "out/mine.mid") << "labels";
  for (int times = 0; times < 2; ++times) {
    fs::remove_all(folder / "run");
    const auto outcome = run(transcribe(folder / "out/mine.mp4", folder), folder);
    BOOST_TEST(outcome.code == 0, outcome.output);
  }
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder / "out")) files.insert(entry.path().filename());
  BOOST_TEST(
      files == (std::set<std::string>{"mine.mp4", "mine.keyboard.toml", "mine.mid", "mine.tivit.mid", "mine.tivit.txt", "mine.tivit.png"}),
      boost::test_tools::per_element());
  BOOST_TEST(read_file(folder / "out/mine.mid") == "labels");
  BOOST_TEST(read_file(folder / "out/mine.tivit.txt").size() > 20);
}

BOOST_AUTO_TEST_SUITE_END()
