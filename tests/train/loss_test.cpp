// train/loss against the reference numbers, fed through its ports.
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/npz.hpp>
#include <stages/labels/on_steps.hpp>
#include <stages/train/frame_loss.hpp>

#include "../call_stage.hpp"
#include "../shared_data.hpp"

namespace {

using nlohmann::json;
using tivit::Fields;
using tivit::Payload;
using tivit::tests::MadeStage;
using tivit::tests::Settings;

json read_json(const std::filesystem::path& path) { return json::parse(std::ifstream(path)); }

bool near(double a, double b, double relative) { return std::abs(a - b) <= relative * std::max(1.0, std::abs(b)); }

Settings settings_of(const json& weights) {
  Settings settings{{"style", {std::string("tivit")}}};
  for (const auto& [name, value] : weights.items()) {
    const bool part = name == "pitch" || name == "onset" || name == "offset" || name == "hand" || name == "clef";
    if (value.is_string())
      settings.push_back({name, {name == "onoff_loss" && value != "bce_pos" ? std::string("focal") : value.get<std::string>()}});
    else
      settings.push_back({(part ? "weights." : "") + name, {value.get<double>()}});
  }
  return settings;
}

struct Group {
  Fields logits, batch;
};

Group group(const Fields& arrays, const std::string& name, bool frames) {
  Group out;
  for (const char* head : {"pitch", "onset", "offset", "hand", "clef"}) {
    out.logits.set(head, arrays.at(name + "_" + head + "_logits").clone().set_requires_grad(true));
    const bool roll = std::string(head) == "pitch" || std::string(head) == "onset" || std::string(head) == "offset";
    const auto field = frames ? name + "_" + head + (roll ? "_roll" : "_frame") : "clip_" + std::string(head);
    out.batch.set("targets." + std::string(head), arrays.at(field));
  }
  return out;
}

Fields loss_of(const Group& group, const Settings& settings) {
  MadeStage stage("train/loss", settings);
  stage.run.training = true;
  stage.open();
  return stage({Payload::of(group.logits), Payload::of(group.batch)}).at(0).as<Fields>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loss)

BOOST_AUTO_TEST_CASE(frame_losses_and_their_gradients_are_the_reference_s) {
  const auto file = tivit::tests::shared("golden/losses.json");
  if (!file) return;
  const auto arrays = tivit::data::read_npz(tivit::tests::shared_path("golden/losses.npz")).arrays;
  int cases = 0;
  const json all = read_json(*file);
  for (const auto& wanted : all["frame_loss"]) {
    const auto name = wanted["inputs"].get<std::string>() + " " + wanted["name"].get<std::string>();
    const auto inputs = group(arrays, wanted["inputs"], true);
    const auto parts = loss_of(inputs, settings_of(wanted["weights"]));
    BOOST_TEST(parts.size() == wanted["parts"].size());
    for (const auto& [part, value] : wanted["parts"].items())
      BOOST_TEST(near(parts.at(part).item<double>(), value.get<double>(), 1e-5),
                 name << " " << part << " " << parts.at(part).item<double>() << " not " << value);
    parts.at("total").backward();
    for (const auto& [head, norm] : wanted["grad_l2"].items()) {
      const auto gradient = inputs.logits.at(head.substr(0, head.find('_'))).grad();
      BOOST_TEST(near(gradient.norm().item<double>(), norm.get<double>(), 1e-4), name << " gradient of " << head);
      BOOST_TEST(near(gradient.to(at::kDouble).sum().item<double>(), wanted["grad_sum"][head].get<double>(), 1e-4),
                 name << " gradient sum of " << head);
    }
    ++cases;
  }
  BOOST_TEST(cases > 60);
}

BOOST_AUTO_TEST_CASE(clip_losses_are_the_reference_s) {
  const auto file = tivit::tests::shared("golden/losses.json");
  if (!file) return;
  const auto arrays = tivit::data::read_npz(tivit::tests::shared_path("golden/losses.npz")).arrays;
  const json all = read_json(*file);
  for (const auto& wanted : all["clip_loss"]) {
    const auto parts = loss_of(group(arrays, wanted["inputs"], false), settings_of(wanted["weights"]));
    for (const auto& [part, value] : wanted["parts"].items())
      BOOST_TEST(near(parts.at(part).item<double>(), value.get<double>(), 1e-5), part);
  }
}

BOOST_AUTO_TEST_CASE(focal_loss_by_the_true_class_is_the_reference_s) {
  const auto file = tivit::tests::shared("golden/losses.json");
  if (!file) return;
  const auto arrays = tivit::data::read_npz(tivit::tests::shared_path("golden/losses.npz")).arrays;
  const json all = read_json(*file);
  for (const auto& wanted : all["focal_bce"]) {
    const auto cells =
        tivit::train::focal_cells(arrays.at("focal_logits"), arrays.at("focal_targets").to(at::kFloat), wanted["gamma"], wanted["alpha"]);
    BOOST_TEST(near(cells.mean().item<double>(), wanted["mean"].get<double>(), 1e-5));
    BOOST_TEST(near(cells.sum().item<double>(), wanted["sum"].get<double>(), 1e-5));
    for (int row = 0; row < cells.size(0); ++row)
      for (int column = 0; column < cells.size(1); ++column)
        BOOST_TEST(near(cells[row][column].item<double>(), wanted["none"][row][column].get<double>(), 1e-5));
  }
}

BOOST_AUTO_TEST_CASE(time_is_pooled_by_the_reference_s_windows) {
  const auto file = tivit::tests::shared("golden/losses.json");
  if (!file) return;
  const json all = read_json(*file);
  for (const auto& wanted : all["time_alignment"]) {
    const std::int64_t frames = wanted["T"], steps = wanted["T'"];
    const auto times = at::arange(frames, at::kFloat).view({1, frames, 1});
    const auto last = tivit::labels::pool_time(times, steps).flatten(), first = -tivit::labels::pool_time(-times, steps).flatten();
    const auto nearest = tivit::labels::nearest_time(times, steps).flatten();
    for (std::int64_t i = 0; i < steps; ++i) {
      BOOST_TEST(first[i].item<int>() == wanted["max_windows"][i][0].get<int>());
      BOOST_TEST(last[i].item<int>() == wanted["max_windows"][i][1].get<int>() - 1);
      BOOST_TEST(nearest[i].item<int>() == wanted["nearest"][i].get<int>());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_roll_of_another_width_is_refused) {
  Group wrong;
  for (const char* head : {"pitch", "onset", "offset"}) {
    wrong.logits.set(head, at::zeros({1, 4, 88}));
    wrong.batch.set("targets." + std::string(head), at::zeros({1, 4, 60}));
  }
  for (const char* head : {"hand", "clef"}) {
    wrong.logits.set(head, at::zeros({1, 4, 3}));
    wrong.batch.set("targets." + std::string(head), at::zeros({1, 4}));
  }
  BOOST_CHECK_EXCEPTION(loss_of(wrong, {{"style", {std::string("tivit")}}}), tivit::Error,
                        [](const tivit::Error& e) { return e.problem() == "targets have 60 pitches, the logits have 88"; });
}

BOOST_AUTO_TEST_CASE(masked_steps_count_for_nothing) {
  Group whole, padded;
  for (const char* head : {"pitch", "onset", "offset", "hand", "clef"}) {
    const bool roll = std::string(head) == "pitch" || std::string(head) == "onset" || std::string(head) == "offset";
    const auto logits = at::arange(2 * 4 * 88, at::kFloat).sin().view({2, 4, 88}).narrow(2, 0, roll ? 88 : 2);
    const auto target = roll ? at::arange(2 * 4 * 88, at::kFloat).view({2, 4, 88}).remainder(7).eq(0).to(at::kFloat) : at::zeros({2, 4});
    padded.logits.set(head, logits);
    padded.batch.set("targets." + std::string(head), target);
    whole.logits.set(head, logits.narrow(1, 0, 3));
    whole.batch.set("targets." + std::string(head), target.narrow(1, 0, 3));
  }
  auto mask = at::ones({2, 4}, at::kBool);
  mask.select(1, 3).zero_();
  padded.batch.set("mask", mask);
  for (const auto* mode : {"focal", "focal_pt", "bce_pos"}) {
    const Settings settings{{"style", {std::string("tivit")}}, {"onoff_loss", {std::string(mode)}}};
    BOOST_TEST(near(loss_of(padded, settings).at("total").item<double>(), loss_of(whole, settings).at("total").item<double>(), 1e-6), mode);
  }
}

BOOST_AUTO_TEST_CASE(per_key_loss_by_hand) {
  // Two keys, one of them masked; every counted cell has logit 0, so its BCE is ln 2, times the positive weight where the target is 1.
  Group keys;
  for (const char* head : {"onset", "offset", "frame"}) {
    keys.logits.set(head, at::zeros({1, 2, 2}));
    auto target = at::zeros({1, 2, 2});
    target[0][0][0] = 1;
    target[0][1][1] = 1;
    keys.batch.set("targets." + std::string(head), target);
  }
  keys.batch.set("keys.mask", at::tensor({1, 0}, at::kLong).view({1, 2}).to(at::kBool));
  const auto parts = loss_of(keys, {});
  const double ln2 = std::log(2.0);
  BOOST_TEST(near(parts.at("onset").item<double>(), 2 * (4 + 1) / 2.0 * ln2, 1e-6));
  BOOST_TEST(near(parts.at("offset").item<double>(), (3 + 1) / 2.0 * ln2, 1e-6));
  BOOST_TEST(near(parts.at("frame").item<double>(), (1.5 + 1) / 2.0 * ln2, 1e-6));
  BOOST_TEST(near(parts.at("total").item<double>(), (5 + 2 + 1.25) * ln2, 1e-6));
}

BOOST_AUTO_TEST_SUITE_END()
