// key_prior.json: the worked example, the lengths of windows and what is refused. ../graphs/key_prior_test.cpp has the cases.
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

/// Chord and scale of C major in one octave: 5 where a pitch sounds, -3 elsewhere.
at::Tensor c_major() {
  constexpr int scale[] = {0, 2, 4, 5, 7, 9, 11};
  const auto logits = at::full({32, 12}, -3., at::kDouble);
  for (std::int64_t row = 0; row < 32; ++row)
    for (const int pitch : {0, 4, 7, scale[row % 7], scale[(row + 1) % 7]}) logits[row][pitch] = 5;
  return logits;
}

/// Our name of a value of the Python program's configuration.
const std::map<std::string, std::string> ours{
    {"window_sec", "window"}, {"beta", "beta"}, {"rho_uniform", "uniform"}, {"prior_strength", "strength"}, {"epsilon", "epsilon"}};

double mean_over(const at::Tensor& change, const std::vector<int>& pitches) {
  double sum = 0;
  for (const int pitch : pitches) sum += change.select(1, pitch).mean().item<double>();
  return sum / static_cast<double>(pitches.size());
}
}  // namespace

BOOST_AUTO_TEST_SUITE(golden_key_prior)

BOOST_AUTO_TEST_CASE(the_worked_example) {
  const auto golden = golden_json("key_prior.json");
  if (!golden) return;
  const auto& wanted = (*golden)["spec_15"];
  const auto logits = c_major();
  GoldenGraph graph("key-prior");
  graph.source("arrays", {{{"logits.onset", logits}}}, {{"rate", 4}});
  graph.stage("prior", "notes/key_prior", "arrays.*", {{"window", 1.5}, {"lowest_pitch", 60}});
  graph.keep("kept", {{"logits", "prior.logits"}, {"posterior", "prior.posterior"}, {"prior", "prior.prior"}});
  graph.run();
  const auto found = graph.result("kept", "arrays");
  const auto posterior = found.at("posterior"), rescored = found.at("logits.onset");
  const auto same = [&](const at::Tensor& row, const char* name) {
    for (std::size_t i = 0; i < wanted[name].size(); ++i) {
      const double value = row[static_cast<std::int64_t>(i)].item<double>();
      BOOST_TEST(near(value, wanted[name][i], 1e-9), name << " " << i << " is " << value << ", not " << wanted[name][i]);
    }
  };
  BOOST_TEST(posterior.argmax(1).eq(0).all().item<bool>() == wanted["C_maj_top_in_all_frames"]);
  same(posterior[0], "post0_Cmaj_Csharpmaj");
  same(found.at("prior")[0], "prior0_first3");
  same(rescored[0], "rescored0_first3");
  BOOST_TEST(near(rescored.sum().item<double>(), wanted["sum_rescored"], 1e-9));
  const auto change = rescored - logits;
  BOOST_TEST(near(mean_over(change, {0, 2, 4, 5, 7, 9, 11}), wanted["mean_change_in_key"], 1e-9));
  BOOST_TEST(near(mean_over(change, {1, 3, 6, 8, 10}), wanted["mean_change_out_of_key"], 1e-9));
}

/// One row that differs from all others is heard in as many rows as the window is long.
BOOST_AUTO_TEST_CASE(lengths_of_windows) {
  const auto golden = golden_json("key_prior.json");
  if (!golden) return;
  const auto& rows = (*golden)["windows"]["rows"];
  const auto logits = at::zeros({201, 88}, at::kDouble);
  logits[100][39] = 9;
  GoldenGraph graph("key-windows");
  const auto stage = [](const char* name, std::size_t i) { return name + std::to_string(i); };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    graph.source(stage("arrays", i), {{{"logits.onset", logits}}}, {{"rate", rows[i][1]}});
    graph.stage(stage("prior", i), "notes/key_prior", stage("arrays", i) + ".*", {{"window", rows[i][0]}});
    graph.keep(stage("kept", i), {{"posterior", stage("prior", i) + ".posterior"}});
  }
  graph.run();
  BOOST_TEST(rows.size() == 10u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto posterior = graph.result(stage("kept", i), stage("arrays", i)).at("posterior");
    const auto touched = (posterior - posterior[0]).abs().amax(1).gt(1e-9);
    BOOST_TEST(touched.sum().item<std::int64_t>() == rows[i][2].get<std::int64_t>(), rows[i]);
    BOOST_TEST(touched[100].item<bool>());
  }
}

BOOST_AUTO_TEST_CASE(what_the_program_refused_is_refused) {
  const auto golden = golden_json("key_prior.json");
  if (!golden) return;
  const auto& rows = (*golden)["config_errors"];
  BOOST_TEST(rows.size() == 7u);
  const Fields roll{{"onset_logits", at::zeros({4, 12}, at::kDouble)}};
  // A value of the stage is refused before the run, in its place; what a file says of itself, when it is read.
  GoldenGraph values("key-values"), files("key-files", {{"on_error", {{"do", "skip"}}}});
  std::vector<std::pair<std::string, std::string>> before, while_running;  // the beginning of our error, what the program said
  json paths = json::array();
  values.source("arrays", {{{"logits.onset", at::zeros({4, 88}, at::kDouble)}}}, {{"rate", 30}});
  for (const auto& row : rows) {
    const std::string stage = "row" + std::to_string(paths.size() + before.size()), said = row["message"];
    const auto& config = row["config"];
    if (const auto known = ours.find(config.begin().key()); known != ours.end()) {
      BOOST_TEST(config.size() == 1u);
      values.stage(stage, "notes/key_prior", "arrays.*", {{known->second, config.begin().value()}});
      before.emplace_back(values.place(stage, known->second), said);
      continue;
    }
    const auto file = files.folder() / (stage + ".npz");
    json meta{{"fps", 30.0}, {"midi_low", 60}, {"midi_high", 71}};
    meta.update(config);
    tivit::data::write_npz(file, {roll, {{"meta", meta.dump()}}});
    paths.push_back(file.string());
    const auto problem = config.contains("fps") ? "fps is not positive" : "midi_low 60 to midi_high 59 is no range of pitches";
    while_running.emplace_back(file.string() + "[meta]: " + problem, said);
    if (!config.contains("fps")) continue;
    values.table("stages." + stage, {{"use", "data/logits"}, {"files", {"row.npz"}}, {"rate", config["fps"]}});
    before.emplace_back(values.place(stage, "rate"), said);
  }
  std::ofstream(values.folder() / "row.npz") << "never opened";
  const auto refused = values.execute();
  BOOST_TEST(refused.code == 2, refused.output);
  for (const auto& [place, said] : before) {
    const auto at = refused.output.find(place);
    BOOST_TEST_REQUIRE(at != std::string::npos, place << " (" << said << ")\n" << refused.output);
    const auto line = refused.output.substr(at, refused.output.find('\n', at) - at);
    BOOST_TEST(line.find(" is out of range; give a value ") != std::string::npos, line << " (" << said << ")");
  }
  BOOST_TEST(refused.output.find("\n6 mistakes; nothing was started\n") != std::string::npos, refused.output);

  files.table("stages.source", {{"use", "data/logits"}, {"files", paths}});
  files.stage("prior", "notes/key_prior", {{"logits", "source.logits"}});
  files.keep("kept", {{"logits", "prior.logits"}});
  const auto lost = files.execute();
  BOOST_TEST(lost.code == 3, lost.output);
  BOOST_TEST(while_running.size() == 2u);
  for (const auto& [problem, said] : while_running)
    BOOST_TEST(lost.output.find(problem) != std::string::npos, problem << " (" << said << ")\n" << lost.output);
  BOOST_TEST(!fs::exists(files.folder() / "kept"));
}

BOOST_AUTO_TEST_SUITE_END()
