// The command that quarantine.jsonl names for a failure replays that item, and no other.
#include "trouble.hpp"

namespace {
using namespace tivit::tests;

/// Runs the command of a line, expects the failure it tells of, and gives the account of the replay.
std::map<std::string, nlohmann::json> replayed(const nlohmann::json& line, const fs::path& folder) {
  const std::string command = line["replay"];
  BOOST_TEST(command.starts_with("tivit-run replay "));
  const fs::path directory = folder / "again";
  fs::remove_all(directory);
  const auto outcome = shell(command + " --run-dir '" + directory.string() + "'", folder / "replay.log");
  BOOST_TEST(outcome.code == 1, outcome.output);
  const auto lines = read_json_lines(directory / "quarantine.jsonl");
  BOOST_TEST_REQUIRE(lines.size() == 1u);
  for (const char* key : {"item", "clip", "begin_s", "end_s", "frames", "cause", "members"})
    BOOST_TEST(lines[0].value(key, nlohmann::json()) == line.value(key, nlohmann::json()), key);
  return account_of(directory);
}

fs::path copy_of_sample(const fs::path& folder) {
  fs::copy(sample_set(), folder / "set", fs::copy_options::recursive);
  return folder / "set";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(replay)

BOOST_AUTO_TEST_CASE(a_window_drawn_in_the_third_epoch_of_a_training_fails_as_it_did) {
  const fs::path folder = fresh_folder("replay training");  // a name that a shell has to quote
  const fs::path set = copy_of_sample(folder);
  damage(set / "train/003.mp4");
  const auto outcome = run(short_training(graph("train.toml"), folder / "run", 3, "never", set) +
                               std::vector<std::string>{"--set", "run.on_error=skip", "--set", "clips.max_clips=4"},
                           folder);
  BOOST_TEST_REQUIRE(outcome.code == 3, outcome.output);
  const auto lines = read_json_lines(folder / "run/quarantine.jsonl");
  const auto third =
      std::find_if(lines.begin(), lines.end(), [](const auto& line) { return line["item"].template get<std::string>().starts_with("2/"); });
  BOOST_TEST_REQUIRE((third != lines.end()), outcome.output);
  BOOST_TEST((*third)["clip"] == "003");
  BOOST_TEST((*third)["frames"][1].get<int>() - (*third)["frames"][0].get<int>() == 32);
  const auto account = replayed(*third, folder);
  BOOST_TEST(account.size() == 2u);
  BOOST_TEST(account.at("clips")["out"] == 1);
  const std::string stage = (*third)["stage"];
  BOOST_TEST(account.at(stage)["in"] == 1);

  // A recording fewer, and the id stands for another window: that is no replay.
  fs::create_directory(set / "elsewhere");
  for (const char* name : {"001.mp4", "002.mp4"}) fs::rename(set / "train" / name, set / "elsewhere" / name);
  const auto other = shell((*third)["replay"], folder / "other.log");
  BOOST_TEST(other.code == 1, other.output);
  BOOST_TEST(other.output.find("item " + (*third)["item"].get<std::string>() + " was 003 [") != std::string::npos, other.output);
  BOOST_TEST(other.output.find("the data set has changed since: put back what was there") != std::string::npos, other.output);
  for (const char* name : {"001.mp4", "002.mp4"}) fs::rename(set / "elsewhere" / name, set / "train" / name);

  // With what failed put right, the stage works on it.
  fs::copy_file(sample_set() / "train/003.mp4", set / "train/003.mp4", fs::copy_options::overwrite_existing);
  const auto mended = shell((*third)["replay"], folder / "mended.log");
  BOOST_TEST(mended.code == 0, mended.output);
  BOOST_TEST(mended.output.find("stage " + stage + " works on item " + (*third)["item"].get<std::string>() + " now") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_batch_is_made_of_the_same_windows_again) {
  const fs::path folder = fresh_folder("replay-batch");
  const auto file = graph_with_trouble(folder, "train", "item = \"2/1\"\non_error = \"skip\"\n");
  const auto outcome = run(short_training(file, folder / "run", 3), folder);
  BOOST_TEST_REQUIRE(outcome.code == 3, outcome.output);
  const auto lines = read_json_lines(folder / "run/quarantine.jsonl");
  BOOST_TEST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0]["members"].size() == 8u);
  BOOST_TEST(lines[0]["members"][0] == "2/8");
  const auto account = replayed(lines[0], folder);
  BOOST_TEST(account.at("clips")["out"] == 8);
  BOOST_TEST(account.at("batch")["out"] == 1);
  BOOST_TEST(!account.contains("forward"));
}

BOOST_AUTO_TEST_CASE(a_failure_in_a_graph_that_was_called_is_found_in_that_graph) {
  const fs::path folder = fresh_folder("replay-called");
  const fs::path set = copy_of_sample(folder);
  fs::path broken;
  for (const auto& entry : fs::directory_iterator(set / "val"))
    if (entry.path().extension() == ".mp4") broken = entry.path();
  fs::resize_file(broken, fs::file_size(broken) / 2);
  const auto outcome = run(short_training(graph("train.toml"), folder / "run", 1, "epoch", set), folder);
  BOOST_TEST_REQUIRE(outcome.code == 3, outcome.output);
  const auto lines = read_json_lines(folder / "run/quarantine.jsonl");
  BOOST_TEST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0]["stage"].get<std::string>().starts_with("eval/"));
  const auto account = replayed(lines[0], folder);
  BOOST_TEST(account.at("clips")["out"] == 1);
}

BOOST_AUTO_TEST_CASE(what_does_not_come_to_the_stage_is_said) {
  const fs::path folder = fresh_folder("replay-none");
  std::ofstream(folder / "broken.mid") << "no MIDI";
  std::ofstream(folder / "graph.toml") << "[run]\non_error = \"skip\"\n[stages.music]\nuse = \"notes/read\"\nfiles = [\"broken.mid\"]\n"
                                       << "[stages.labels]\nuse = \"notes/text\"\nin = \"music\"\n";
  BOOST_TEST(run({"graph.toml", "--run-dir", "run"}, folder).code == 3);
  const auto replayed = [&](const std::string& stage, const std::string& item) {
    return run({"replay", "run", "--stage", stage, "--item", item}, folder);
  };
  const auto before = replayed("labels", "0/0"), none = replayed("music", "0/9"), later = replayed("music", "99/0"),
             deeper = replayed("labels", "0/0/1");
  BOOST_TEST(before.code == 1, before.output);
  BOOST_TEST(before.output.find("item 0/0 did not come to stage labels: stage music failed before it") != std::string::npos, before.output);
  BOOST_TEST(none.code == 1, none.output);
  BOOST_TEST(none.output.find("item 0/9 did not come to stage music: the stages before it made no such item") != std::string::npos,
             none.output);
  for (const auto& outcome : {before, none}) BOOST_TEST(outcome.output.find("finished") == std::string::npos, outcome.output);
  BOOST_TEST(later.code == 2, later.output);
  BOOST_TEST(later.output == "stage \"music\": it has no item 99/0: the run has 1 epoch; write it as quarantine.jsonl does\n");
  BOOST_TEST(deeper.code == 2, deeper.output);
  BOOST_TEST(deeper.output.find("it has no item 0/0/1: its items have 2 numbers") != std::string::npos, deeper.output);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_replayed_is_named) {
  const fs::path folder = fresh_folder("replay-nothing");
  const auto refused = [&](const std::vector<std::string>& words) {
    const auto outcome = run(std::vector<std::string>{"replay"} + words, folder);
    BOOST_TEST(outcome.code == 2, outcome.output);
    return outcome.output;
  };
  BOOST_TEST(refused({"nowhere", "--stage", "labels", "--item", "1/2"}) ==
             (folder / "nowhere").string() + ": no run has left anything here; give the directory of a run, such as runs/train\n");
  BOOST_TEST(refused({"nowhere", "--stage", "labels", "--item", "1/b"}) ==
             "command line: \"1/b\" is no item; write it as quarantine.jsonl does: --item 2/17\n");
  BOOST_TEST(refused({}) == "command line: no directory of a run was given; quarantine.jsonl has the whole command for each failure\n");
}

BOOST_AUTO_TEST_SUITE_END()
