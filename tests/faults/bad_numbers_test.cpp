// Numbers that are none, and recordings that are hardly any: named, and in no score and no gradient.
#include "trouble.hpp"

namespace {
using namespace tivit::tests;

// What the loss is held against comes from the stage that misbehaves too.
const std::string loss_of_trouble =
    "[stages.loss]\nuse = \"train/loss\"\nin = { logits = \"forward\", batch = \"trouble\" }\nstyle = \"perkey\"\n";

double figure(const nlohmann::json& line, const char* name) { return line[name].is_number() ? line[name].get<double>() : std::nan(""); }

Outcome evaluate(const fs::path& graph_file, const fs::path& set, const fs::path& folder) {
  return run({graph_file.string(), "--quiet", "--checkpoint", some_weights().string(), "--set", "clips.root=" + set.string(), "--set",
              "cache=" + (folder / "cache").string(), "--set", "run.precision=fp32", "--run-dir", (folder / "run").string()},
             folder);
}

std::vector<std::string> scored(const fs::path& folder) {
  std::vector<std::string> names;
  const auto report = nlohmann::json::parse(read_file(folder / "run/report.json"));
  for (const auto& recording : report["recordings"]) names.push_back(recording["name"]);
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_numbers)

BOOST_AUTO_TEST_CASE(what_is_no_number_moves_no_weight_and_is_named_with_its_clips) {
  const fs::path folder = fresh_folder("bad-frames");
  const auto train = [&](const std::string& name, const std::string& trouble) {
    const auto file = graph_with_trouble(fresh_folder("bad-frames-" + name), "train", trouble);
    const auto outcome =
        run(short_training(file, folder / name, 2) + std::vector<std::string>{"--set", "step.log_every=1", "--set", "run.on_error=skip"},
            folder);
    BOOST_TEST(outcome.code == 3, outcome.output);
    for (const auto& line : read_json_lines(folder / name / "metrics.jsonl"))
      for (const auto& [key, value] : line.items())
        if (key != "event") BOOST_TEST((value.is_number() && std::isfinite(value.get<double>())), key);
    BOOST_TEST(account_of(folder / name).at("step")["done"] == 3);
    const auto lines = read_json_lines(folder / name / "quarantine.jsonl");
    BOOST_TEST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0]["members"].size() == 8u);
    return lines[0];
  };
  train("without", "item = \"0/1\"\n");
  for (const auto& [how, stage, cause] : {std::tuple{"nan", "forward", "of the batch, frames[0,0,0,0] is nan"},
                                          std::tuple{"infinite", "step", "the loss of this batch is "}}) {
    const auto line = train(how, "how = \"" + std::string(how) + "\"\nitem = \"0/1\"\n" + loss_of_trouble);
    const std::string said = line["cause"];
    BOOST_TEST(line["stage"] == stage);
    BOOST_TEST(said.find(cause) != std::string::npos, said);
    BOOST_TEST(said.find("item 0/1, ") != std::string::npos, said);
    BOOST_TEST(std::ranges::count(said.substr(0, said.find("): of")), '[') >= 8, said);  // eight clips with their seconds
    // The same as if that batch had never come to the model.
    const auto weights = [&](const char* run) { return read_file(folder / run / "checkpoints/last.safetensors"); };
    BOOST_TEST((weights(how) == weights("without")), how);
  }
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_infinite_ends_a_strict_run_and_the_last_good_checkpoint_stays) {
  const fs::path folder = fresh_folder("bad-loss");
  const auto file = graph_with_trouble(folder, "train", "how = \"infinite\"\nitem = \"1/0\"\n" + loss_of_trouble);
  const auto outcome = run(short_training(file, folder / "run", 2) + std::vector<std::string>{"--set", "run.on_error=fail"}, folder);
  BOOST_TEST(outcome.code == 1, outcome.output);
  BOOST_TEST(outcome.output.find("failed: stage \"step\", ") != std::string::npos, outcome.output);
  BOOST_TEST(outcome.output.find("item 1/0, ") != std::string::npos, outcome.output);
  BOOST_TEST(outcome.output.find("the loss of this batch is ") != std::string::npos, outcome.output);
  const auto kept = nlohmann::json::parse(read_file(folder / "run/checkpoints/last.json"));
  BOOST_TEST(kept["epoch"].get<int>() <= 1);
  const auto again =
      run(std::vector<std::string>{graph("eval.toml"), "--quiet", "--checkpoint", (folder / "run/checkpoints/last.safetensors").string(),
                                   "--run-dir", (folder / "eval").string()} +
              on_sample(),
          folder);
  BOOST_TEST(again.code == 0, again.output);
}

BOOST_AUTO_TEST_CASE(a_lenient_run_keeps_the_checkpoint_of_the_epoch_before_one_that_ends_badly) {
  const fs::path folder = fresh_folder("bad-end");
  const auto file = graph_with_trouble(folder, "train", "how = \"infinite\"\nitem = \"1/1\"\n" + loss_of_trouble);
  const auto outcome = run(short_training(file, folder / "run", 2) + std::vector<std::string>{"--set", "run.on_error=skip"}, folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  BOOST_TEST(nlohmann::json::parse(read_file(folder / "run/checkpoints/last.json"))["epoch"] == 0);
  BOOST_TEST(fs::exists(folder / "run/checkpoints/suspect.safetensors"));
  BOOST_TEST(outcome.output.find("these weights are in suspect.safetensors") != std::string::npos, outcome.output);
}

BOOST_AUTO_TEST_CASE(a_recording_whose_logits_are_no_numbers_is_named_and_not_scored) {
  const fs::path folder = fresh_folder("bad-logits");
  const auto file = graph_with_trouble(folder, "eval", "how = \"nan\"\nitem = \"0\"\n");
  const auto outcome = evaluate(file, sample_set(), folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  const auto lines = read_json_lines(folder / "run/quarantine.jsonl");
  BOOST_TEST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0]["stage"] == "forward");
  const std::string cause = lines[0]["cause"];
  BOOST_TEST(cause.find("of the batch, frames[0,0,0,0] is nan") != std::string::npos, cause);
  BOOST_TEST(cause.find("010 [0.000 s, 8.000 s)") != std::string::npos, cause);
  for (const auto& name : scored(folder)) BOOST_TEST(cause.find(name + " [") == std::string::npos, name);
  BOOST_TEST(scored(folder).size() >= 1u);
  for (const auto& line : read_json_lines(folder / "run/metrics.jsonl"))
    if (line["event"] == "eval") BOOST_TEST(std::isfinite(figure(line, "note_onset_f1_50ms")), line.dump());
}

BOOST_AUTO_TEST_CASE(empty_labels_one_frame_and_no_keyboard_are_named) {
  const fs::path folder = fresh_folder("bad-clips");
  const fs::path set = folder / "set";
  fs::copy(sample_set(), set, fs::copy_options::recursive);
  const auto copy = [&](const std::string& from, const std::string& to) {
    for (const char* suffix : {".mp4", ".txt", ".keyboard.toml"})
      fs::copy_file(set / "test" / (from + suffix), set / "test" / (to + suffix));
  };
  copy("010", "empty");
  std::ofstream(set / "test/empty.txt");
  copy("010", "no_keyboard");
  fs::remove(set / "test/no_keyboard.keyboard.toml");
  copy("010", "one_frame");
  std::ofstream(folder / "cut.toml")
      << "[stages.clips]\nuse = \"data/clips\"\nfiles = [\"" << (set / "test/010.mp4").string()
      << "\"]\nfirst_rows = 1\n[stages.frames]\nuse = \"video/decode\"\nin = \"clips\"\n[stages.film]\nuse = "
         "\"video/encode\"\nin = \"frames\"\ndirectory = \"films\"\n";
  const auto cut = run({"cut.toml", "--quiet"}, folder);
  BOOST_TEST_REQUIRE(cut.code == 0, cut.output);
  fs::copy_file(folder / "films/010.mp4", set / "test/one_frame.mp4", fs::copy_options::overwrite_existing);

  const auto outcome = evaluate(graph("eval.toml"), set, folder);
  BOOST_TEST_MESSAGE(outcome.output);
  BOOST_TEST(outcome.code == 3, outcome.output);
  const auto left_out = read_file(folder / "run/skipped_files.tsv");
  BOOST_TEST(left_out.find("empty.mp4\tits labels hold no notes") != std::string::npos, left_out);
  std::map<std::string, std::string> causes;
  for (const auto& line : read_json_lines(folder / "run/quarantine.jsonl")) causes[line["clip"]] += line["cause"].get<std::string>() + "\n";
  BOOST_TEST(causes["no_keyboard"].find("corners") != std::string::npos, causes["no_keyboard"]);
  BOOST_TEST(causes["one_frame"].find("a single frame") != std::string::npos, outcome.output);
  BOOST_TEST(scored(folder).size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
