// Rolls beyond the golden ones, and the float32 of the time grid.
#include <ATen/ops/amax.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <stages/labels/frame_grid.hpp>
#include <stages/notes/note.hpp>
#include <tests/shared_data.hpp>
#include <tivit/registry.hpp>
#include <tivit/tensor/fields.hpp>

#include <boost/test/unit_test.hpp>

using namespace tivit;
using nlohmann::json;

namespace {

using Settings = std::vector<std::pair<std::string, ParameterValue>>;

ParameterValue list(const std::vector<double>& numbers) {
  ParameterValue::List out;
  for (const double number : numbers) out.push_back({number});
  return {out};
}

Fields call(const Settings& settings, const notes::Notes& notes, const TimeGrid& grid, std::int64_t rows) {
  const auto& spec = Registry::instance().find("labels/targets");
  auto stage = spec.make();
  for (const auto& [name, value] : settings) stage->set(name, spec.parameter(name)->checked(value));
  RunContext run;
  stage->open(run);
  Context context;
  context.in_.set(grid);
  const auto out = stage->call({{"frames", Payload::of(at::zeros({rows, 1}, at::kByte))}, {"notes", Payload::of(notes)}}, context);
  Symbols symbols;
  BOOST_TEST(!out.at(0).check(spec.outputs[0].type, symbols));
  return out.at(0).as<Fields>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(golden_time_grid) {
  const auto file = tests::shared("golden/time_grid.json");
  if (!file) return;
  const auto golden = json::parse(std::ifstream(*file));
  int checked = 0;
  for (const auto& table : golden["sec_to_frame"]) {
    std::optional<std::int64_t> last;
    if (!table["max_idx"].is_null()) last = table["max_idx"];
    for (std::size_t i = 0; i < table["seconds"].size(); ++i, ++checked)
      BOOST_TEST(labels::frame_of(table["seconds"][i], table["hop"], table["offset"], last) == table["frames"][i].get<std::int64_t>());
  }
  for (const auto& table : golden["frame_to_sec"])
    for (std::size_t i = 0; i < table["frames"].size(); ++i, ++checked) {
      const double expected = table["seconds"][i];
      BOOST_TEST(std::abs(labels::seconds_of(table["frames"][i], table["hop"], table["offset"]) - expected) <=
                 1e-6 * std::max(1.0, std::abs(expected)));
    }
  BOOST_TEST(checked > 1500);
}

BOOST_AUTO_TEST_CASE(soft_targets_spread_onsets_and_edges_but_not_offsets) {
  const auto rolls =
      call({{"style", {std::string("tivit")}}, {"onset_kernel", list({0.5, 1, 0.25})}, {"frame_kernel", list({0.5, 1, 0.25})}},
           {{{0.1, 0.2, 60}, {0, 0.01, 21}}}, TimeGrid::from_rate(30), 9);
  const auto row = [&](const char* name, int key) {
    const auto column = rolls.at(name).select(1, key).contiguous();
    return std::vector<float>(column.data_ptr<float>(), column.data_ptr<float>() + 9);
  };
  BOOST_TEST(row("onset", 39) == (std::vector<float>{0, 0, .5, 1, .25, 0, 0, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(row("pitch", 39) == (std::vector<float>{0, 0, .5, 1, 1, 1, .25, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(row("offset", 39) == (std::vector<float>{0, 0, 0, 0, 0, 0, 1, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(row("onset", 0) == (std::vector<float>{1, .25, 0, 0, 0, 0, 0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(triangles_and_covered_parts_lie_on_continuous_time) {
  // Rows at 10.013, 10.063, … seconds; everything is compared with the formula.
  const TimeGrid grid = TimeGrid::from_rate(20, nanoseconds(10.013));
  const notes::Notes notes{{{9.5, 10.05, 40},
                            {10.1, 10.32, 21},
                            {10.32, 10.4, 21},
                            {10.7, 12, 108},
                            {10.2, 10.3, 20},
                            {10.2, 10.3, 109},
                            {3, 4, 50},
                            {30, 31, 50}}};
  const std::int64_t rows = 16;
  const auto rolls = call({}, notes, grid, rows);
  for (std::int64_t row = 0; row < rows; ++row)
    for (int key = 0; key < 88; ++key) {
      double onset = 0, offset = 0, frame = 0;
      const double t = 10.013 + 0.05 * static_cast<double>(row);
      for (const auto& note : notes.list) {
        if (note.pitch != key + 21) continue;
        onset = std::max(onset, 1 - std::abs(t - note.onset_s) / 0.1);
        offset = std::max(offset, 1 - std::abs(t - note.offset_s) / 0.1);
        frame += std::max(0.0, std::min(t + 0.025, note.offset_s) - std::max(t - 0.025, note.onset_s)) / 0.05;
      }
      for (const auto& [name, expected] : {std::pair{"onset", onset}, {"offset", offset}, {"frame", frame}})
        BOOST_TEST(std::abs(rolls.at(name)[row][key].item<double>() - expected) < 1e-6, name << " row " << row << " key " << key);
    }
  BOOST_TEST(rolls.at("onset").max().item<double>() > 0.9);
}

BOOST_AUTO_TEST_CASE(steps_of_two_rows_are_painted_as_those_rows_and_pooled) {
  notes::Notes music;
  std::mt19937 random(5);
  for (int i = 0; i < 40; ++i) {
    const double onset_s = static_cast<double>(random() % 9000) / 1000;
    music.list.push_back({onset_s, onset_s + static_cast<double>(random() % 900) / 1000, 21 + static_cast<int>(random() % 88)});
  }
  music.list.push_back({0, 0.3, 60});  // from the first moment on
  const Settings settings{{"style", {std::string("tivit")}}};
  const auto grid = TimeGrid::from_rate(20);
  const auto fine = call(settings, music, grid, 200), pooled = call(settings, music, grid.coarser(2), 100);
  for (const char* name : {"pitch", "onset", "offset"}) {
    BOOST_TEST(pooled.at(name).size(0) == 100);
    const auto expected = fine.at(name).reshape({100, 2, 88}).amax(1);
    BOOST_TEST(at::equal(pooled.at(name), expected), name);
    BOOST_TEST(expected.sum().item<float>() > 30);
  }
  for (const char* name : {"hand", "clef"}) BOOST_TEST(at::equal(pooled.at(name), fine.at(name).slice(0, 0, 200, 2)), name);
  BOOST_TEST(at::equal(pooled.at("clip.pitch"), fine.at("clip.pitch")));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_painted_is_refused) {
  const auto problem = [](const Settings& settings, const notes::Notes& notes) {
    try {
      call(settings, notes, TimeGrid::from_rate(20), 4);
    } catch (const Error& error) {
      return error.problem();
    }
    return std::string();
  };
  BOOST_TEST(problem({}, {{}, false}) == "the clip has no labels to make targets of");
  BOOST_TEST(problem({{"unlabelled", {std::string("silence")}}}, {{}, false}) == "");
  BOOST_TEST(problem({{"onset_kernel", list({1, 0.5})}}, {}) == "onset_kernel has no middle");
  BOOST_TEST(problem({{"note_min", {std::int64_t{30}}}}, {}) == "style \"triangle\" always has the 88 keys");
  BOOST_TEST(problem({{"style", {std::string("tivit")}}, {"note_min", {std::int64_t{90}}}, {"note_max", {std::int64_t{80}}}}, {}) ==
             "note_max is below note_min");
  auto stage = Registry::instance().find("labels/targets").make();
  Context context;
  BOOST_CHECK_EXCEPTION(stage->call({{"frames", Payload::of(at::zeros({4}))}, {"notes", Payload::of(notes::Notes{})}}, context), Error,
                        [](const Error& e) { return e.problem() == "the item carries no time grid"; });
}

BOOST_AUTO_TEST_SUITE_END()
