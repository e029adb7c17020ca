// graphs/apply.toml as a user meets it: what is taken, what comes back, and what is said of arrays that do not fit.
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <cmath>
#include <stages/data/npz.hpp>
#include <tests/shared_data.hpp>

#include "sample.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;
using Words = std::vector<std::string>;

const fs::path& place() {
  static const fs::path folder = fresh_folder("apply");
  return folder;
}

Outcome apply(const std::string& use, const tivit::data::Npz& arrays, const Words& more = {}) {
  tivit::data::write_npz(place() / "in.npz", arrays);
  fs::remove(place() / "out.npz");
  static int runs = 0;
  return run(
      Words{graph("apply.toml"), "in.npz", "--to", "out.npz", "--run-dir", "run-" + std::to_string(++runs), "--set", "apply.use=" + use} +
          more,
      place());
}
Fields result() { return tivit::data::read_npz(place() / "out.npz").arrays; }

at::Tensor numbers(const std::vector<double>& values) {
  const auto out = at::zeros({static_cast<std::int64_t>(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), out.mutable_data_ptr<double>());
  return out;
}
/// Two notes, of which the second ends before it begins, for labels/targets.
Fields two_notes() {
  return {{"frames", at::zeros({40, 1, 2, 2}, at::kByte)},
          {"notes.onset_s", numbers({0.5, 1.25})},
          {"notes.offset_s", numbers({1.0, 0.75})},
          {"notes.pitch", numbers({60, 64})},
          {"beside.time_grid.hop_ns", at::full({}, 5e7, at::kDouble)}};
}
Fields with(Fields all, const std::string& name, const at::Tensor& array) { return all.set(name, array), all; }
Fields without(const Fields& all, const std::string& name) {
  Fields rest;
  for (const auto& [one, array] : all)
    if (one != name) rest.set(one, array);
  return rest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(apply_graph)

BOOST_AUTO_TEST_CASE(what_travels_beside_comes_from_arrays_and_goes_back) {
  const auto outcome = apply("labels/targets", {two_notes(), {{"beside.source_name.clip", "piece"}}}, {"--set", "apply.style=triangle"});
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  const auto found = tivit::data::read_npz(place() / "out.npz");
  BOOST_TEST(found.arrays.at("rolls.onset").size(0) == 40);
  BOOST_TEST(found.arrays.at("beside.time_grid.hop_ns").item<double>() == 5e7);
  BOOST_TEST(found.arrays.at("beside.time_grid.origin_ns").item<std::int64_t>() == 0);
  BOOST_TEST(found.texts.at(0).first == "beside.source_name.clip");
  BOOST_TEST(found.texts.at(0).second == "piece");
  // rate stands for the time grid, and holds against the file's.
  const auto rated = apply("labels/targets", {without(two_notes(), "beside.time_grid.hop_ns"), {}}, {"--set", "arrays.rate=20"});
  BOOST_TEST_REQUIRE(rated.code == 0, rated.output);
  BOOST_TEST(at::equal(result().at("rolls.onset"), found.arrays.at("rolls.onset")));
}

BOOST_AUTO_TEST_CASE(an_optional_input_is_taken_where_its_array_is_there) {
  const auto active = at::zeros({8, 88}, at::kBool), onsets = at::zeros({8, 88}, at::kBool);
  active.slice(0, 2, 6).select(1, 40).fill_(true);
  onsets[4][40] = true;
  const Fields alone{{"active", active}};
  BOOST_TEST_REQUIRE(apply("notes/segments", {alone, {}}, {"--set", "arrays.rate=20"}).code == 0);
  BOOST_TEST(result().at("notes.pitch").size(0) == 1);
  const auto both = apply("notes/segments", {with(alone, "onsets", onsets), {}}, {"--set", "arrays.rate=20"});
  BOOST_TEST_REQUIRE(both.code == 0, both.output);
  BOOST_TEST(result().at("notes.pitch").size(0) == 2);
}

BOOST_AUTO_TEST_CASE(a_model_is_named_with_its_weights) {
  const Fields batch{{"batch.frames", at::zeros({1, 4, 64, 104}, at::kByte)}};
  const auto lacking = apply("model/forward", {batch, {}});
  BOOST_TEST(lacking.code == 2);
  BOOST_TEST(
      lacking.output.find("stage \"apply\" (model/forward) lacks \"model\", the name of a resource (\"model\"); ") != std::string::npos,
      lacking.output);
  const auto other = apply("model/forward", {batch, {}}, {"--model", "onsets"});
  BOOST_TEST(other.output.find("there is no resource \"onsets\"") != std::string::npos, other.output);
  const auto idle = apply("notes/threshold", {{{"roll", at::full({2, 88}, 0.5)}}, {}}, {"--model", "perkey"});
  BOOST_TEST(idle.output.find("stage \"apply\" (notes/threshold) has no parameter \"model\"") != std::string::npos, idle.output);
  const auto missing = apply("model/forward", {batch, {}}, {"--model", "perkey", "--checkpoint", "none.safetensors"});
  BOOST_TEST(missing.code == 2);
  BOOST_TEST(missing.output.find("there is no file or folder \"none.safetensors\"") != std::string::npos, missing.output);
}

BOOST_AUTO_TEST_CASE(arrays_that_do_not_fit_are_named) {
  struct Case {
    std::string use;
    tivit::data::Npz arrays;
    std::string text;
  };
  const auto notes = two_notes();
  const std::vector<Case> cases{
      {"notes/threshold",
       {{{"rol", at::full({2, 88}, 0.5)}}, {}},
       "in.npz: there is no array \"roll\" (f32[T,88]); it holds \"rol\"; \"rol\" may be meant: give it this name"},
      {"notes/threshold",
       {{{"roll", at::zeros({2, 88}, at::kLong)}}, {}},
       "in.npz[roll]: has element type i64, expected f32[T,88]; store it so"},
      {"notes/threshold",
       {{{"roll", at::zeros({2, 87})}}, {}},
       "in.npz[roll]: has shape [2,87], but axis 1 (88) must be 88 (f32[T,88]); store it so"},
      {"notes/events",
       {{{"rolls.onset", at::zeros({2, 88})}}, {}},
       "in.npz[rolls]: has no field \"frame\" (it has \"onset\"); store it so"},
      {"labels/targets",
       {without(notes, "notes.pitch"), {}},
       "in.npz: there is no array \"notes.pitch\" (i64[N]), and a \"notes\" needs it; add it to those that are there: \"notes.onset_s\", "
       "\"notes.offset_s\""},
      {"labels/targets",
       {without(without(without(notes, "notes.pitch"), "notes.onset_s"), "notes.offset_s"), {}},
       "in.npz: there is no array \"notes.onset_s\" (f64[N]), \"notes.offset_s\" (f64[N]), \"notes.pitch\" (i64[N]); it holds"},
      {"labels/targets",
       {with(notes, "notes.velocty", numbers({1, 2})), {}},
       "in.npz[notes.velocty]: a \"notes\" has no such array; did you mean \"notes.velocity\"?"},
      {"labels/targets",
       {with(notes, "notes.pitch", numbers({60, 64, 65})), {}},
       "in.npz[notes.pitch]: has shape [3], but axis 0 (N) must be 2 (i64[N])"},
      {"labels/targets",
       {with(notes, "notes.pitch", numbers({60, 64.5})), {}},
       "in.npz[notes.pitch]: holds 64.5 at [1], expected whole numbers from 0 to 127; mend the array"},
      {"labels/targets",
       {with(notes, "notes.pitch", numbers({60, 300})), {}},
       "in.npz[notes.pitch]: holds 300 at [1], expected whole numbers from 0 to 127; mend the array"},
      {"labels/targets",
       {with(notes, "notes.onset_s", numbers({std::nan(""), 1})), {}},
       "in.npz[notes.onset_s]: holds nan at [0], expected finite numbers; mend the array"},
      {"labels/targets",
       {with(notes, "notes.labelled", numbers({1})), {}},
       "in.npz[notes.labelled]: has element type f64, expected bool[]; store it so"},
      {"labels/targets",
       {without(notes, "beside.time_grid.hop_ns"), {}},
       "the item carries no time grid; put a stage in front that adds it"},
      {"labels/targets",
       {with(notes, "beside.time_gird.hop_ns", numbers({1})), {}},
       "in.npz[beside.time_gird.hop_ns]: nothing of this name travels beside an item; did you mean \"beside.time_grid\"?"},
      {"labels/targets",
       {with(notes, "beside.time_grid.hop", numbers({1})), {}},
       "in.npz[beside.time_grid.hop]: a \"time grid\" has no such array; did you mean \"beside.time_grid.hop_ns\"?"},
      {"labels/targets",
       {with(notes, "beside.time_grid.hop_ns", at::full({}, 0., at::kDouble)), {}},
       "in.npz[beside.time_grid.hop_ns]: holds 0, expected finite numbers of at least 0.001; mend the array"},
      {"labels/targets", {notes, {{"notes.labelled", "yes"}}}, "in.npz[notes.labelled]: is a text, expected bool[]; store an array"},
      {"labels/read", {{{"clip.name", numbers({1})}}, {}}, "in.npz[clip.name]: is an array, expected a text; store a string of shape ()"},
  };
  for (const auto& [use, arrays, text] : cases) {
    const auto outcome = apply(use, arrays);
    BOOST_TEST(outcome.code == 1, use << " " << text << "\n" << outcome.output);
    BOOST_TEST(outcome.output.find(text) != std::string::npos, text << "\n" << outcome.output);
    BOOST_TEST(!fs::exists(place() / "out.npz"), text);
  }
}

BOOST_AUTO_TEST_CASE(arrays_that_nobody_asked_for_are_told_of) {
  const auto outcome = apply(
      "notes/segments", {{{"active", at::zeros({8, 88}, at::kBool)}, {"onset", at::zeros({8, 88}, at::kBool)}, {"x", at::arange(3)}}, {}},
      {"--set", "arrays.rate=20"});
  BOOST_TEST(outcome.code == 0, outcome.output);
  BOOST_TEST(
      outcome.output.find("in.npz: no stage asked for \"onset\" (did you mean \"onsets\"?), \"x\"; asked for: \"active\", \"onsets\"") !=
          std::string::npos,
      outcome.output);
}

BOOST_AUTO_TEST_CASE(describe_names_the_arrays) {
  const auto text = run({"describe", "labels/targets"}, place()).output;
  for (const char* line : {"  in   notes.onset_s ", "f64[N]\n", "  out  rolls.onset ", "i64[N]  (optional)\n"})
    BOOST_TEST(text.find(line) != std::string::npos, line << "\n" << text);
  const auto described = nlohmann::json::parse(run({"describe", "labels/targets", "--json"}, place()).output);
  BOOST_TEST(described["arrays"]["in"][0] == (nlohmann::json{{"name", "frames"}, {"type", "any[...]"}, {"optional", false}}));
  BOOST_TEST(!nlohmann::json::parse(run({"describe", "report/json", "--json"}, place()).output).contains("arrays"));
}

BOOST_AUTO_TEST_CASE(a_dump_of_several_clips_is_warned_of) {
  const auto dump = shared("golden/metrics_dump_logits.npz");
  if (!dump) return;
  const auto outcome = run({graph("rescore.toml"), dump->string(), "--to", "dump.npz", "--keys", "dump.csv"}, place());
  BOOST_TEST(outcome.code == 0, outcome.output);
  BOOST_TEST(
      outcome.output.find(
          dump->string() +
          ": is a dump of the Python program, which puts clips one behind the other and keeps no boundaries: its 32 rows are "
          "taken as one recording; where they are several, tell notes/key_prior how long each is (recording_rows), or cut the file") !=
          std::string::npos,
      outcome.output);
  const auto ours = run({graph("rescore.toml"), "dump.npz", "--to", "again.npz", "--keys", "again.csv"}, place());
  BOOST_TEST(ours.code == 0, ours.output);
  BOOST_TEST(ours.output.find("is a dump") == std::string::npos, ours.output);
}

BOOST_AUTO_TEST_SUITE_END()
