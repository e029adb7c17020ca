// targets.json and time_grid.json: what labels/targets paints.
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

std::vector<std::vector<std::int64_t>> cells(const at::Tensor& roll) {
  std::vector<std::vector<std::int64_t>> out;
  const auto set = roll.nonzero();
  for (std::int64_t i = 0; i < set.size(0); ++i) out.push_back({set[i][0].item<std::int64_t>(), set[i][1].item<std::int64_t>()});
  return out;
}
std::vector<std::int64_t> numbers(const at::Tensor& tensor) {
  const auto flat = tensor.to(at::kLong).flatten().contiguous();
  return {flat.const_data_ptr<std::int64_t>(), flat.const_data_ptr<std::int64_t>() + flat.numel()};
}

Fields notes_of(const std::vector<std::array<double, 3>>& events) {
  const auto column = [&](int i) {
    std::vector<double> values;
    for (const auto& event : events) values.push_back(event[static_cast<std::size_t>(i)]);
    return at::tensor(values, at::kDouble);
  };
  return {{"notes.onset_s", column(0)}, {"notes.offset_s", column(1)}, {"notes.pitch", column(2).to(at::kLong)}};
}
}  // namespace

BOOST_AUTO_TEST_SUITE(golden_targets)

BOOST_AUTO_TEST_CASE(targets_of_every_window) {
  const auto golden = golden_json("targets.json");
  if (!golden) return;
  GoldenGraph graph("targets");
  const auto& cases = (*golden)["cases"];
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& row = cases[i];
    const std::string number = std::to_string(i);
    Fields item = notes_of((*golden)["label_sets"][row["labels"].get<std::string>()].get<std::vector<std::array<double, 3>>>());
    item.set("frames", at::zeros({row["frames"].get<std::int64_t>(), 1}, at::kByte));
    const double fps = row["decode_fps"], stride = row["stride"], start = row["start_idx"];
    graph.source("window" + number, {item}, {{"rate", fps / stride}, {"origin", start / fps}});
    graph.stage("targets" + number, "labels/targets", "window" + number + ".*",
                {{"style", "tivit"},
                 {"note_min", row["note_min"]},
                 {"note_max", row["note_max"]},
                 {"dilate_rows", row["dilate_active_frames"]},
                 {"hand_from_pitch", row["hand_from_pitch"]},
                 {"clef_thresholds", row["clef_thresholds"]},
                 {"stride", row["stride"]}});
    graph.keep("out" + number, {{"rolls", "targets" + number}});
  }
  graph.run();
  for (std::size_t i = 0; i < cases.size(); ++i) BOOST_TEST_CONTEXT("case " << i << ", labels " << cases[i]["labels"]) {
      const Fields found = graph.result("out" + std::to_string(i), "window" + std::to_string(i)).sub("rolls");
      const auto& wanted = cases[i]["corrected"];
      for (const char* roll : {"pitch", "onset", "offset"}) {
        auto list = wanted[roll].get<std::vector<std::vector<std::int64_t>>>();
        std::sort(list.begin(), list.end());
        BOOST_TEST((cells(found.at(roll)) == list), roll);
      }
      for (const char* row : {"hand", "clef"})
        BOOST_TEST(numbers(found.at(row)) == wanted[row].get<std::vector<std::int64_t>>(), boost::test_tools::per_element());
      const auto& clip = cases[i]["clip"];
      for (const char* vector : {"pitch", "onset", "offset"}) {
        const auto indices =
            clip.is_null() ? std::vector<std::int64_t>() : clip[std::string(vector) + "_index"].get<std::vector<std::int64_t>>();
        BOOST_TEST(numbers(found.at(std::string("clip.") + vector).nonzero()) == indices, boost::test_tools::per_element());
      }
      if (clip.is_null()) continue;
      for (const char* one : {"hand", "clef"})
        BOOST_TEST(numbers(found.at(std::string("clip.") + one)).at(0) == clip[one].get<std::int64_t>());
    }
}

/// Onsets at the golden times, each on a key of its own; the row of its cell is the golden frame. Times before the window, and those so
/// late that the roll would fill gigabytes, are left to the unit test of the formula.
BOOST_AUTO_TEST_CASE(seconds_become_frames_in_float32) {
  const auto golden = golden_json("time_grid.json");
  if (!golden) return;
  GoldenGraph graph("time-grid");
  struct Wanted {
    std::string number;
    std::vector<std::int64_t> frames;
  };
  std::vector<Wanted> wanted;
  std::size_t checked = 0;
  for (const auto& table : (*golden)["sec_to_frame"]) {
    if (table["offset"] != 0 || !table["max_idx"].is_null()) continue;
    std::vector<std::array<double, 3>> events;
    std::vector<std::int64_t> frames;
    const auto flush = [&] {
      const std::string number = std::to_string(wanted.size());
      Fields item = notes_of(events);
      item.set("frames", at::zeros({*std::max_element(frames.begin(), frames.end()) + 2}, at::kByte));
      graph.source("times" + number, {item}, {{"rate", 1 / table["hop"].get<double>()}});
      graph.stage("targets" + number, "labels/targets", "times" + number + ".*", {{"style", "tivit"}, {"note_min", 0}, {"note_max", 127}});
      graph.keep("out" + number, {{"onset", "targets" + number + ".onset"}});
      wanted.push_back({number, frames});
      events.clear(), frames.clear();
    };
    for (std::size_t i = 0; i < table["seconds"].size(); ++i) {
      const double time_s = table["seconds"][i];
      if (time_s < 0 || time_s > 200) continue;
      events.push_back({time_s, time_s + 1, static_cast<double>(frames.size())});
      frames.push_back(table["frames"][i]);
      ++checked;
      if (frames.size() == 128) flush();
    }
    if (!frames.empty()) flush();
  }
  BOOST_TEST(checked > 1200u);
  graph.run();
  for (const auto& [number, frames] : wanted) {
    const auto onset = graph.result("out" + number, "times" + number).at("onset");
    for (std::size_t key = 0; key < frames.size(); ++key) {
      const auto rows = numbers(onset.select(1, static_cast<std::int64_t>(key)).nonzero());
      BOOST_TEST(rows == std::vector<std::int64_t>{frames[key]}, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
