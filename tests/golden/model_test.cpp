// Golden files of the model: forward, training, and checkpoints in every form, through graphs.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sin.h>

#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

/// A configuration of the earlier system as the resource model/tivit.
json resource(const json& model, const std::string& weights) {
  json out{{"use", "model/tivit"}, {"head_mode", model["head_mode"]}, {"channels", model["input_channels"]}, {"weights", weights}};
  for (const auto& [key, value] : model["transformer"].items())
    if (key != "type") out[key == "input_patch_size" ? "patch" : key == "tube_size" ? "tube" : key] = value;
  return out;
}

Fields batch() {
  const Fields arrays = golden_arrays("gradients/batch.npz");
  Fields item{{"batch.frames", arrays.at("video")}};
  for (const std::string head : {"pitch", "onset", "offset", "hand", "clef"})
    item.set("batch.targets." + head, arrays.has(head + "_roll") ? arrays.at(head + "_roll") : arrays.at(head + "_frame"));
  return item;
}

/// forward, loss and step on one golden batch an epoch.
void training(GoldenGraph& graph, const json& model, const json& loss, json step) {
  graph.table("resources.model", model);
  graph.source("arrays", {batch()});
  graph.stage("forward", "model/forward", "arrays.batch", {{"model", "model"}});
  graph.stage("loss", "train/loss", {{"logits", "forward"}, {"batch", "arrays.batch"}}, loss);
  step["model"] = "model";
  graph.stage("step", "train/step", "loss", step);
}

Fields checkpoint(const GoldenGraph& graph, const std::string& name) {
  return tivit::data::read_safetensors(graph.folder() / "run/checkpoints" / (name + ".safetensors")).tensors;
}

double number(const json& value) {
  return value.is_string() ? (value == "nan" ? NAN : value == "inf" ? INFINITY : -INFINITY) : value.get<double>();
}
}  // namespace

BOOST_AUTO_TEST_SUITE(golden_model)

BOOST_AUTO_TEST_CASE(logits_of_every_configuration) {
  GoldenGraph graph("model");
  std::vector<std::pair<std::string, Fields>> wanted;
  for (const std::string name : {"tiny_frame", "tiny_clip", "seed_like", "no_global_depth", "no_global_tokens"}) {
    const auto config = golden_json("model/" + name + "/config.json");
    if (!config) return;
    const Fields io = golden_arrays("model/" + name + "/io.npz");
    std::vector<Fields> items{{{"batch.frames", io.at("input")}}};
    if (io.has("input_5d")) items.push_back({{"batch.frames", io.at("input_5d")}});
    graph.table("resources.model_" + name, resource((*config)["model"], shared_path("golden/model/" + name + "/state_dict.pt").string()));
    graph.source(name, items);
    graph.stage("forward_" + name, "model/forward", name + ".batch", {{"model", "model_" + name}});
    graph.keep("out_" + name, {{"logits", "forward_" + name}});
    wanted.emplace_back(name, io);
  }
  graph.run();
  int compared = 0;
  for (const auto& [name, io] : wanted)
    for (std::size_t item = 0; item < (io.has("input_5d") ? 2u : 1u); ++item)
      for (const auto& [head, logits] : graph.result("out_" + name, name, item).sub("logits")) {
        BOOST_TEST(furthest(logits, io.at((item ? "from_5d_" : "") + head + "_logits")) < 1e-5, name << " " << head << " item " << item);
        ++compared;
      }
  BOOST_TEST(compared == 35);
}

BOOST_AUTO_TEST_CASE(the_forward_of_made_up_weights) {
  const auto golden = golden_json("model/spec_6_2.json");
  const auto config = golden_json("model/tiny_frame/config.json");
  if (!golden || !config) return;
  GoldenGraph graph("model-formula");
  // j-th name in order, element i: 0.05 sin(0.37 (i + 1) + 1.7 j), plus 1 for the weights of norms.
  Fields weights;
  int j = 0;
  for (const auto& [name, shape] : (*config)["parameters"].items()) {
    const auto sizes = shape.get<std::vector<std::int64_t>>();
    auto value = at::arange(1, at::empty(sizes).numel() + 1, at::kDouble).mul(0.37).add(1.7 * j++).sin().mul(0.05);
    if (name.ends_with("norm.weight") || name.ends_with("norm1.weight") || name.ends_with("norm2.weight") || name.ends_with(".0.weight"))
      value = value + 1;
    weights.set(name, value.to(at::kFloat).reshape(sizes));
  }
  const auto file = graph.folder() / "weights.safetensors";
  tivit::data::write_safetensors(file, {weights, {}});
  const std::vector<std::int64_t> shape{1, 4, 3, 3, 8, 9};
  graph.source(
      "arrays",
      {{{"batch.frames", at::arange(4 * 3 * 3 * 8 * 9, at::kDouble).mul(0.01).sin().mul(0.5).add(0.5).to(at::kFloat).reshape(shape)}}});
  for (const std::string mode : {"frame", "clip"}) {
    json model = (*config)["model"];
    model["head_mode"] = mode;
    graph.table("resources.model_" + mode, resource(model, file.string()));
    graph.stage("forward_" + mode, "model/forward", "arrays.batch", {{"model", "model_" + mode}});
    graph.keep("out_" + mode, {{"logits", "forward_" + mode}});
  }
  graph.run();
  for (const std::string mode : {"frame", "clip"}) {
    const Fields found = graph.result("out_" + mode, "arrays").sub("logits");
    const auto& wanted = (*golden)[mode];
    for (const auto& [head, sum] : wanted["sums"].items())
      BOOST_TEST(std::abs(found.at(head.substr(0, head.find('_'))).to(at::kDouble).sum().item<double>() - sum.get<double>()) < 1e-5,
                 mode << " " << head);
    const auto onset = found.at("onset").flatten();
    for (int i = 0; i < 3; ++i) BOOST_TEST(std::abs(onset[i].item<double>() - wanted["onset_first3"][i].get<double>()) < 1e-5, mode << i);
  }
}

/// With epsilon and rate 1 and no decay the first step moves a parameter by g / (1 + |g|): what it moved says what the gradient was.
BOOST_AUTO_TEST_CASE(gradients_of_every_parameter) {
  const auto golden = golden_json("gradients/gradients.json");
  if (!golden) return;
  GoldenGraph graph("gradient-tensors", {{"mode", "train"}, {"epochs", 1}});
  json loss{{"style", "tivit"}};
  for (const auto& [name, value] : (*golden)["loss_weights"].items())
    loss[value.is_string() || name.find('_') != std::string::npos ? name : "weights." + name] = value;
  training(graph, resource((*golden)["config"]["model"], shared_path("golden/gradients/state_dict_init.pt").string()), loss,
           {{"learning_rate", 1},
            {"warm_up", 0},
            {"floor", 1},
            {"beta2", 0.5},
            {"epsilon", 1},
            {"weight_decay", 0},
            {"decay_matrices_only", false},
            {"clip_norm", 0},
            {"average", 0}});
  graph.run();
  const Fields after = checkpoint(graph, "last"), wanted = golden_arrays("gradients/grads.npz");
  const Fields before = tivit::data::read_weights(shared_path("golden/gradients/state_dict_init.pt"));
  int compared = 0;
  for (const auto& [name, gradient] : wanted) {
    const auto moved = (before.at(name) - after.at(name)).to(at::kDouble);
    BOOST_TEST(furthest(moved / (1 - moved.abs()), gradient) < 2e-6, name);
    ++compared;
  }
  BOOST_TEST(compared > 30);
}

BOOST_AUTO_TEST_CASE(losses_norms_and_parameters_of_three_steps) {
  const auto golden = golden_json("gradients/gradients.json");
  if (!golden) return;
  GoldenGraph graph("gradients", {{"mode", "train"}, {"epochs", 3}});
  json loss{{"style", "tivit"}};
  for (const auto& [name, value] : (*golden)["loss_weights"].items())
    loss[value.is_string() || name.find('_') != std::string::npos ? name : "weights." + name] = value;
  training(graph, resource((*golden)["config"]["model"], shared_path("golden/gradients/state_dict_init.pt").string()), loss,
           {{"learning_rate", (*golden)["learning_rate"]},
            {"warm_up", 0},
            {"floor", 1},
            {"beta2", (*golden)["betas"][1]},
            {"epsilon", (*golden)["eps"]},
            {"weight_decay", (*golden)["weight_decay"]},
            {"decay_matrices_only", false},
            {"clip_norm", (*golden)["grad_clip"]},
            {"faster", 5},
            {"faster_names", {"onset", "offset"}},
            {"log_every", 1},
            {"keep_every", 1}});
  graph.run();
  std::vector<json> steps;
  for (const auto& line : read_json_lines(graph.folder() / "run/metrics.jsonl"))
    if (line["event"] == "train") steps.push_back(line);
  BOOST_TEST_REQUIRE(steps.size() == 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& wanted = (*golden)["steps"][i];
    for (const auto& [part, value] : wanted["loss_parts_before_step"].items())
      BOOST_TEST(near(steps[i][part], value, 1e-5), "step " << i + 1 << " " << part << steps[i]);
    BOOST_TEST(near(steps[i]["gradient_norm"], wanted["grad_norm_before_clip"], 1e-5), "step " << i + 1);
  }
  for (const int step : {1, 3}) {
    const Fields found = checkpoint(graph, "epoch-00" + std::to_string(step));
    const Fields wanted = golden_arrays("gradients/params_after_step" + std::to_string(step) + ".npz");
    BOOST_TEST(found.size() == wanted.size());
    for (const auto& [name, value] : wanted) {
      auto difference = (found.at(name) - value).abs();
      // The gradient of a key's bias is zero in theory: what AdamW makes of its rounding noise is no figure.
      if (name.ends_with("in_proj_bias")) difference.narrow(0, value.size(0) / 3, value.size(0) / 3).zero_();
      BOOST_TEST(difference.max().item<double>() < 2e-6, name << " after step " << step);
    }
  }
}

/// Each file goes into the model and, after a step at rate 0, out again as a checkpoint of ours.
BOOST_AUTO_TEST_CASE(checkpoints_in_every_form) {
  const auto golden = golden_json("checkpoint/contents.json");
  if (!golden) return;
  const json& model = (*golden)["files"]["train_checkpoint.pt"]["config"]["model"];
  int loaded = 0, refused = 0;
  for (const auto& [name, file] : (*golden)["files"].items()) BOOST_TEST_CONTEXT(name) {
      if (name == "sd_other_dtypes.pt") continue;  // tensors of no model
      GoldenGraph graph("checkpoint", {{"mode", "train"}});
      const auto path = shared_path("golden/checkpoint/" + name).string();
      training(graph, resource(model, path), {{"style", "tivit"}}, {{"learning_rate", 0}, {"warm_up", 0}, {"floor", 1}});
      const auto outcome = graph.execute();
      if (!file["loads"]) {
        BOOST_TEST(outcome.code == 2, outcome.output);
        BOOST_TEST(outcome.output.find(path + ": ") != std::string::npos, outcome.output);
        BOOST_TEST(("\n" + outcome.output).find("\npwned") == std::string::npos, outcome.output);
        BOOST_TEST(!fs::exists(graph.folder() / "run/checkpoints/last.safetensors"));
        ++refused;
        continue;
      }
      BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
      const Fields found = checkpoint(graph, "last");
      const auto& entries = file.contains("entries") ? file["entries"] : file["model"];
      BOOST_TEST(found.size() == entries.size());
      for (const auto& [parameter, wanted] : entries.items()) {
        const auto value = found.at(parameter).to(at::kDouble);
        BOOST_TEST(value.sizes().vec() == wanted["shape"].get<std::vector<std::int64_t>>(), boost::test_tools::per_element());
        const auto flat = value.flatten();
        for (std::size_t i = 0; i < wanted["first"].size(); ++i)
          BOOST_TEST(flat[static_cast<std::int64_t>(i)].item<double>() == number(wanted["first"][i]), parameter);
        BOOST_TEST(flat[-1].item<double>() == number(wanted["last"]), parameter);
        BOOST_TEST(near(flat.sum().item<double>(), wanted["sum"], 1e-12), parameter);
      }
      ++loaded;
    }
  BOOST_TEST(loaded == 8);
  BOOST_TEST(refused == 6);
}

BOOST_AUTO_TEST_SUITE_END()
