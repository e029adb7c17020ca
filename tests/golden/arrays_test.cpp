// Golden files of single stages: tiles, targets on the time grid, losses.
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <set>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;
using Bounds = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// One row of pixels that say which column they are, from 1 on: 0 is padding.
Fields columns(std::int64_t width) { return {{"frames", at::arange(1, width + 1, at::kFloat).view({1, 1, 1, width})}}; }

void expect_tiles(const at::Tensor& tiles, const Bounds& bounds, const std::string& what) {
  BOOST_TEST_REQUIRE(tiles.size(1) == static_cast<std::int64_t>(bounds.size()), what);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto tile = tiles[0][static_cast<std::int64_t>(i)].flatten();
    const auto width = bounds[i].second - bounds[i].first;
    BOOST_TEST(at::equal(tile.slice(0, 0, width), at::arange(bounds[i].first + 1, bounds[i].second + 1, at::kFloat)),
               what << " tile " << i);
    BOOST_TEST(tile.slice(0, width).abs().sum().item<double>() == 0, what << " padding of tile " << i);
  }
}

Bounds bounds_of(const json& list) {
  Bounds bounds;
  for (const auto& tile : list) bounds.emplace_back(tile[0], tile[1]);
  return bounds;
}

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

BOOST_AUTO_TEST_SUITE(golden_stages)

BOOST_AUTO_TEST_CASE(tiles_of_every_width) {
  const auto golden = golden_json("tiles.json");
  if (!golden) return;
  GoldenGraph graph("tiles");
  struct Wanted {
    std::string keep, source;
    std::size_t item;
    std::string array;
    Bounds bounds;
  };
  std::vector<Wanted> wanted;

  // Equal tiles: a stage for each number of tiles, an item for each width.
  std::map<int, std::vector<json>> by_tiles;
  for (const auto& row : (*golden)["seed_vertical"]["rows"]) by_tiles[row[1].get<int>()].push_back(row);
  for (const auto& [tiles, rows] : by_tiles) {
    const std::string name = "even" + std::to_string(tiles);
    std::vector<Fields> items;
    for (const auto& row : rows) {
      Bounds bounds;
      for (const auto& start : row[3]) bounds.emplace_back(start, start.get<std::int64_t>() + row[2].get<std::int64_t>());
      wanted.push_back({"out_" + name, name, items.size(), "tiles", bounds});
      items.push_back(columns(row[0]));
    }
    graph.source(name, items);
    graph.stage("cut_" + name, "video/tiles", name + ".frames", {{"tiles", tiles}});
    graph.keep("out_" + name, {{"tiles", "cut_" + name}});
  }

  // Token-aligned tiles, one column a token: an item for each number of tokens, a stage for each number of tiles.
  std::vector<Fields> items;
  json kept = json::object();
  for (const auto& [tiles, splits] : (*golden)["late_auto_split"].items()) {
    if (tiles == "how") continue;
    while (items.size() < splits.size()) items.push_back(columns(static_cast<std::int64_t>(items.size()) + 1));
    graph.stage("auto" + tiles, "video/tiles", "tokens.frames", {{"tiles", std::stoi(tiles)}, {"align", "token"}, {"patch_width", 1}});
    kept["tiles" + tiles] = "auto" + tiles;
    for (std::size_t i = 0; i < splits.size(); ++i) {
      Bounds bounds;
      for (const auto& width : splits[i]) {
        const auto begin = bounds.empty() ? 0 : bounds.back().second;
        bounds.emplace_back(begin, begin + width.get<std::int64_t>());
      }
      wanted.push_back({"out_auto", "tokens", i, "tiles" + tiles, bounds});
    }
  }
  graph.source("tokens", items);
  graph.keep("out_auto", kept);

  // Overlaps and splits given by hand: a stage each.
  std::vector<std::string> refused;
  int number = 0;
  std::set<std::int64_t> widths;
  for (const char* table : {"late_overlap", "late_explicit"})
    for (const auto& row : (*golden)[table]) {
      const std::int64_t width = row["width"];
      const std::string source = "width" + std::to_string(width), name = "given" + std::to_string(number++);
      if (widths.insert(width).second) graph.source(source, {columns(width)});
      json parameters{{"tiles", row["tiles"]}, {"align", "token"}, {"patch_width", row["patch_w"]}};
      if (row.contains("overlap_tokens")) parameters["overlap"] = row["overlap_tokens"];
      if (row.contains("tokens_split") && row["tokens_split"].is_array()) parameters["split"] = row["tokens_split"];
      if (row.contains("error")) parameters["on_error"] = "skip", refused.push_back(name);
      graph.stage(name, "video/tiles", source + ".frames", parameters);
      graph.keep("out_" + name, {{"tiles", name}});
      if (!row.contains("error")) wanted.push_back({"out_" + name, source, 0, "tiles", bounds_of(row["bounds"])});
    }

  const auto outcome = graph.execute();
  BOOST_TEST_REQUIRE(outcome.code == 3, outcome.output);  // finished, with what was refused
  std::set<std::string> named;
  for (const auto& line : read_json_lines(graph.folder() / "run/quarantine.jsonl")) named.insert(line["stage"].get<std::string>());
  BOOST_TEST((named == std::set<std::string>(refused.begin(), refused.end())));
  BOOST_TEST(wanted.size() > 1000u);
  for (const auto& row : wanted)
    expect_tiles(graph.result(row.keep, row.source, row.item).at(row.array), row.bounds, row.array + " of " + row.source);
}

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

BOOST_AUTO_TEST_CASE(losses_of_every_mode) {
  const auto golden = golden_json("losses.json");
  if (!golden) return;
  const Fields arrays = golden_arrays("losses.npz");
  GoldenGraph graph("losses");
  std::set<std::string> sources;
  std::vector<std::pair<std::string, json>> rows;
  const auto add = [&](const json& row, bool frames, json parameters = json::object()) {
    const std::string inputs = row["inputs"], name = "loss" + std::to_string(rows.size());
    if (sources.insert(inputs).second) {
      Fields item;
      for (const std::string head : {"pitch", "onset", "offset", "hand", "clef"}) {
        const bool roll = head[0] == 'p' || head[0] == 'o';
        item.set("logits." + head, arrays.at(inputs + "_" + head + "_logits"));
        item.set("batch.targets." + head, arrays.at(frames ? inputs + "_" + head + (roll ? "_roll" : "_frame") : "clip_" + head));
      }
      graph.source(inputs, {item});
    }
    parameters["style"] = "tivit";
    for (const auto& [key, value] : row["weights"].items()) {
      if (key == "onoff_loss")
        parameters[key] = value == "bce_pos" ? value : json("focal");
      else
        parameters[value.is_string() || key.find('_') != std::string::npos ? key : "weights." + key] = value;
    }
    graph.stage(name, "train/loss", inputs + ".*", parameters);
    graph.keep("out_" + name, {{"loss", name}});
    rows.emplace_back(name, row);
  };
  for (const auto& row : (*golden)["frame_loss"]) add(row, true);
  for (const auto& row : (*golden)["clip_loss"]) add(row, false);
  BOOST_TEST(rows.size() > 60u);
  graph.run();
  for (const auto& [name, row] : rows) {
    const Fields found = graph.result("out_" + name, row["inputs"]).sub("loss");
    BOOST_TEST(found.size() == row["parts"].size());
    for (const auto& [part, value] : row["parts"].items())
      BOOST_TEST(near(found.at(part).item<double>(), value, 1e-5), row["inputs"] << " " << part << " of " << row["weights"]);
  }
}

BOOST_AUTO_TEST_SUITE_END()
