// losses.json: what train/loss gives.
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <set>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_losses)

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

BOOST_AUTO_TEST_CASE(losses_of_the_worked_example_and_of_single_cells) {
  const auto golden = golden_json("losses.json");
  if (!golden) return;
  GoldenGraph graph("worked-losses");
  const auto tensor = [](const std::vector<double>& values, std::initializer_list<std::int64_t> shape) {
    return at::tensor(values, at::kFloat).reshape(std::vector<std::int64_t>(shape));
  };
  const auto roll = [](const std::vector<std::array<int, 2>>& cells) {
    auto out = at::zeros({1, 4, 3}, at::kByte);
    for (const auto& [step, key] : cells) out[0][step][key] = 1;
    return out;
  };
  graph.source("worked", {{{"logits.pitch", tensor({.2, -1, .5, -.3, 2, -2}, {1, 2, 3})},
                           {"logits.onset", tensor({-2, .1, 1.5, -1, -3, .7}, {1, 2, 3})},
                           {"logits.offset", tensor({0, -.5, -1.5, 2.5, -.2, -4}, {1, 2, 3})},
                           {"logits.hand", tensor({.1, -.2, 1, .5}, {1, 2, 2})},
                           {"logits.clef", tensor({.1, .2, .3, -1, 0, 1}, {1, 2, 3})},
                           {"batch.targets.pitch", roll({{1, 0}, {2, 0}, {3, 2}})},
                           {"batch.targets.onset", roll({{1, 0}, {3, 2}})},
                           {"batch.targets.offset", roll({{3, 0}})},
                           {"batch.targets.hand", tensor({0, 1, 1, 1}, {1, 4}).to(at::kLong)},
                           {"batch.targets.clef", tensor({2, 2, 0, 1}, {1, 4}).to(at::kLong)}}});
  const json weights{{"weights.onset", 8},  {"weights.offset", 8}, {"weights.hand", 0.2},
                     {"weights.clef", 0.2}, {"style", "tivit"},    {"onoff_loss", "bce_pos"}};
  const std::map<std::string, json> changes{{"seed_config", {}},
                                            {"fixed_5", {{"onoff_pos_weight_mode", "fixed"}, {"onoff_pos_weight", 5}}},
                                            {"focal_g2_a25", {{"onoff_loss", "focal"}, {"focal_alpha", 0.25}}},
                                            {"smooth_and_prior", {{"onoff_neg_smooth", 0.02}, {"onoff_prior_weight", 0.1}}}};
  for (const auto& [name, change] : changes) {
    json parameters = weights;
    if (!change.is_null()) parameters.update(change);
    graph.stage(name, "train/loss", "worked.*", parameters);
    graph.keep("out_" + name, {{"loss", name}});
  }
  // Focal loss by the true class: the cells as onsets of one batch, the other heads whatever they may be.
  const Fields arrays = golden_arrays("losses.npz");
  Fields cells;
  for (const char* head : {"pitch", "onset", "offset"}) {
    cells.set("logits." + std::string(head), arrays.at("focal_logits").unsqueeze(0));
    cells.set("batch.targets." + std::string(head), arrays.at("focal_targets").unsqueeze(0));
  }
  for (const auto& [head, classes] : {std::pair{"hand", 2}, {"clef", 3}}) {
    cells.set("logits." + std::string(head), at::zeros({1, 4, classes}));
    cells.set("batch.targets." + std::string(head), at::zeros({1, 4}, at::kLong));
  }
  graph.source("cells", {cells});
  const auto& focal = (*golden)["focal_bce"];
  for (std::size_t i = 0; i < focal.size(); ++i) {
    const std::string name = "focal" + std::to_string(i);
    graph.stage(name, "train/loss", "cells.*",
                {{"style", "tivit"}, {"onoff_loss", "focal_pt"}, {"focal_gamma", focal[i]["gamma"]}, {"focal_alpha", focal[i]["alpha"]}});
    graph.keep("out_" + name, {{"loss", name}});
  }
  // The width that does not fit fails its item; the mode that does not exist is no parameter at all.
  const auto& errors = (*golden)["frame_loss_errors"];
  Fields wide = cells;
  wide.set("batch.targets.pitch", at::zeros({1, 4, errors[1]["target_width"].get<std::int64_t>()}));
  graph.source("wide", {wide});
  graph.stage("wide_loss", "train/loss", "wide.*", {{"style", "tivit"}, {"on_error", "skip"}});
  graph.keep("out_wide", {{"loss", "wide_loss"}});
  const auto outcome = graph.execute();
  BOOST_TEST_REQUIRE(outcome.code == 3, outcome.output);
  const auto lost = read_json_lines(graph.folder() / "run/quarantine.jsonl");
  BOOST_TEST_REQUIRE(lost.size() == 1u);
  BOOST_TEST(lost[0]["stage"] == "wide_loss");
  const auto refused = graph.execute(
      {"--check", "--set", "seed_config.onoff_pos_weight_mode=" + errors[0]["weights"]["onoff_pos_weight_mode"].get<std::string>()});
  BOOST_TEST(refused.code == 2);
  BOOST_TEST(refused.output.find("\"ema\" is not one of \"adaptive\", \"fixed\"") != std::string::npos, refused.output);

  const auto& worked = (*golden)["spec_7_1_full_precision"];
  for (const auto& [name, change] : changes) {
    const Fields found = graph.result("out_" + name, "worked").sub("loss");
    BOOST_TEST(found.size() == worked[name].size());
    for (const auto& [part, value] : worked[name].items())
      BOOST_TEST(near(found.at(part).item<double>(), value, 1e-5), name << " " << part);
  }
  for (std::size_t i = 0; i < focal.size(); ++i)
    BOOST_TEST(near(graph.result("out_focal" + std::to_string(i), "cells").at("loss.onset").item<double>(), focal[i]["mean"], 1e-5),
               "focal " << i);
}

BOOST_AUTO_TEST_SUITE_END()
