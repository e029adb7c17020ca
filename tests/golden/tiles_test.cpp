// tiles.json: what video/tiles cuts.
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
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
}  // namespace

BOOST_AUTO_TEST_SUITE(golden_tiles)

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
      if (parameters.contains("split") && parameters["split"].size() != row["tiles"]) {  // seen before anything runs
        BOOST_TEST(row.contains("error"));
        GoldenGraph wrong("tiles-wrong");
        wrong.source(source, {columns(width)});
        wrong.stage(name, "video/tiles", source + ".frames", parameters);
        const auto refusal = wrong.execute();
        BOOST_TEST(refusal.code == 2, refusal.output);
        BOOST_TEST(refusal.output.find("the split names 2 tiles, there are 3") != std::string::npos, refusal.output);
        continue;
      }
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

BOOST_AUTO_TEST_SUITE_END()
