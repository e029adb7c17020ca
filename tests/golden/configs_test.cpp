// configs/: the four configurations of the earlier system, as graphs/train.toml takes them and as stages work with them.
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <set>
#include <sstream>

#include "golden.hpp"

namespace {
using namespace tivit::tests;
using tivit::Fields;

/// A value of a configuration, and the parameter that means the same.
struct Same {
  const char *value, *parameter;
};
const std::vector<Same> same{{"/dataset/frames", "clips.rows"},
                             {"/dataset/decode_fps", "clips.frame_times.rate"},
                             {"/dataset/max_clips", "clips.max_clips"},
                             {"/dataset/require_labels", "clips.require_labels"},
                             {"/dataset/split_train", "clips.split"},
                             {"/dataset/resize", "frames.size"},
                             {"/dataset/tiles", "tiles.tiles"},
                             {"/dataset/batch_size", "batch.size"},
                             {"/dataset/frame_targets/dilate_active_frames", "targets.dilate_rows"},
                             {"/dataset/frame_targets/hand_from_pitch", "targets.hand_from_pitch"},
                             {"/dataset/frame_targets/clef_thresholds", "targets.clef_thresholds"},
                             {"/dataset/frame_targets/note_min", "targets.note_min"},
                             {"/dataset/frame_targets/note_max", "targets.note_max"},
                             {"/model/head_mode", "model.head_mode"},
                             {"/model/input_channels", "model.channels"},
                             {"/model/transformer/input_patch_size", "model.patch"},
                             {"/model/transformer/tube_size", "model.tube"},
                             {"/model/transformer/d_model", "model.d_model"},
                             {"/model/transformer/num_heads", "model.num_heads"},
                             {"/model/transformer/depth_temporal", "model.depth_temporal"},
                             {"/model/transformer/depth_spatial", "model.depth_spatial"},
                             {"/model/transformer/depth_global", "model.depth_global"},
                             {"/model/transformer/global_tokens", "model.global_tokens"},
                             {"/model/transformer/mlp_ratio", "model.mlp_ratio"},
                             {"/model/transformer/dropout", "model.dropout"},
                             {"/training/learning_rate", "step.learning_rate"},
                             {"/training/weight_decay", "step.weight_decay"},
                             {"/training/log_interval", "step.log_every"},
                             {"/training/loss_weights/onoff_loss", "loss.onoff_loss"},
                             {"/training/loss_weights/onoff_pos_weight_mode", "loss.onoff_pos_weight_mode"},
                             {"/training/loss_weights/onoff_pos_weight", "loss.onoff_pos_weight"},
                             {"/training/loss_weights/onoff_neg_smooth", "loss.onoff_neg_smooth"},
                             {"/training/loss_weights/focal_gamma", "loss.focal_gamma"},
                             {"/training/loss_weights/focal_alpha", "loss.focal_alpha"},
                             {"/training/loss_weights/onoff_prior_mean", "loss.onoff_prior_mean"},
                             {"/training/loss_weights/onoff_prior_weight", "loss.onoff_prior_weight"},
                             {"/training/loss_weights/onset", "loss.weights.onset"},
                             {"/training/loss_weights/offset", "loss.weights.offset"},
                             {"/training/loss_weights/pitch", "loss.weights.pitch"},
                             {"/training/loss_weights/hand", "loss.weights.hand"},
                             {"/training/loss_weights/clef", "loss.weights.clef"},
                             {"/optim/grad_clip", "step.clip_norm"},
                             {"/train/accumulate_steps", "step.accumulate"},
                             {"/train/freeze_backbone_epochs", "step.freeze_epochs"}};

/// What `--resolve` prints, by stage.parameter.
std::map<std::string, json> resolved(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{graph("train.toml"), "--set", "model=tivit", "--set", "data=omaps", "--resolve"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto outcome = run(arguments, fresh_folder("golden-configs"));
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  std::map<std::string, json> values;
  std::istringstream lines(outcome.output);
  std::string part;
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (line.starts_with("["))
      part = line.substr(line.find('.') + 1, line.find(']') - line.find('.') - 1);
    else if (equals != std::string::npos)
      values[part + "." + line.substr(0, equals)] = json::parse(line.substr(equals + 3, line.rfind("  # ") - equals - 3), nullptr, false);
  }
  return values;
}

/// What a configuration holds under a pointer; YAML 1.1 made a text of "3e-4", and null is "all".
std::optional<json> held(const json& config, const Same& one) {
  const json::json_pointer at(one.value);
  if (!config.contains(at)) return std::nullopt;
  json value = config.at(at);
  if (std::string(one.parameter) == "step.learning_rate") value = std::stod(value.get<std::string>());
  return value.is_null() ? json(0) : value;
}

/// What a configuration says of a stage or resource; what it does not say is left to that.
json parameters_of(const json& config, const std::string& stage) {
  json parameters = json::object();
  for (const auto& one : same) {
    const std::string name = one.parameter;
    if (const auto value = name.starts_with(stage + ".") ? held(config, one) : std::nullopt)
      parameters[name.substr(stage.size() + 1)] = *value;
  }
  return parameters;
}

const std::vector<std::string> all_configs{"config", "config_base", "config_full", "config_old"};

/// Golden logits and targets of losses.npz.
Fields loss_inputs(const Fields& arrays, const std::string& group) {
  Fields item;
  for (const std::string head : {"pitch", "onset", "offset", "hand", "clef"}) {
    item.set("logits." + head, arrays.at(group + "_" + head + "_logits"));
    item.set("batch.targets." + head, arrays.at(group + "_" + head + (head == "hand" || head == "clef" ? "_frame" : "_roll")));
  }
  return item;
}

const std::set<std::string> shares{"pitch", "onset", "offset", "hand", "clef"};

/// Whether two sets of loss weights differ in the shares of the parts at most.
bool same_kind(const json& a, const json& b) {
  json kinds[]{a, b};
  for (auto& kind : kinds)
    for (const auto& part : shares) kind.erase(part);
  return kinds[0] == kinds[1];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_configs)

BOOST_AUTO_TEST_CASE(the_tivit_graph_trains_as_config_yaml_says) {
  const auto config = golden_json("configs/config.json");
  if (!config) return;
  const auto values = resolved({});
  int compared = 0;
  for (const auto& one : same) {
    const auto wanted = held(*config, one);
    BOOST_TEST_REQUIRE(wanted.has_value(), one.value);
    BOOST_TEST(values.at(one.parameter) == *wanted,
               one.parameter << " is " << values.at(one.parameter) << ", " << one.value << " " << *wanted);
    ++compared;
  }
  BOOST_TEST(compared == 44);
  // The heads start from the prior's mean where reset_head_bias is on, and learn faster by 5.
  BOOST_TEST(values.at("model.onset_prior") == (*config)["training"]["loss_weights"]["onoff_prior_mean"]);
  BOOST_TEST(values.at("step.faster") == 5);
}

BOOST_AUTO_TEST_CASE(every_configuration_can_be_said_on_the_command_line) {
  for (const auto& name : all_configs) {
    const auto config = golden_json("configs/" + name + ".json");
    if (!config) return;
    std::vector<std::string> sets;
    for (const auto& one : same)
      if (const auto value = held(*config, one))
        sets.insert(sets.end(),
                    {"--set", std::string(one.parameter) + "=" + (value->is_string() ? value->get<std::string>() : value->dump())});
    // Without a word of it onsets were judged by the focal loss, and one set of logits was given for the whole clip.
    const std::map<std::string, std::pair<std::string, std::string>> unsaid{
        {"/training/loss_weights/onoff_loss", {"loss.onoff_loss", "focal"}}, {"/model/head_mode", {"model.head_mode", "clip"}}};
    for (const auto& [value, ours] : unsaid)
      if (!config->contains(json::json_pointer(value))) sets.insert(sets.end(), {"--set", ours.first + "=" + ours.second});
    const auto values = resolved(sets);
    for (const auto& [value, ours] : unsaid)
      if (!config->contains(json::json_pointer(value))) BOOST_TEST(values.at(ours.first) == ours.second, name << " " << ours.first);
    int compared = 0;
    for (const auto& one : same)
      if (const auto value = held(*config, one)) {
        BOOST_TEST(values.at(one.parameter) == *value, name << " " << one.value);
        ++compared;
      }
    BOOST_TEST(compared >= 20, name);
  }
}

/// The golden losses were made with such weights, and a part grows with its share.
BOOST_AUTO_TEST_CASE(losses_of_every_configuration) {
  const auto losses = golden_json("losses.json");
  if (!losses) return;
  const Fields arrays = golden_arrays("losses.npz");
  GoldenGraph graph("config-losses");
  struct Wanted {
    std::string name, source;
    json shares, row;
  };
  std::vector<Wanted> wanted;
  std::set<std::string> sources;
  for (const auto& name : all_configs) {
    const auto config = golden_json("configs/" + name + ".json");
    const auto& weights = (*config)["training"]["loss_weights"];
    auto parameters = parameters_of(*config, "loss");
    parameters["style"] = "tivit";
    for (const std::string source : {"A", "B", "C", "D"}) {
      const auto row = std::find_if((*losses)["frame_loss"].begin(), (*losses)["frame_loss"].end(),
                                    [&](const json& one) { return one["inputs"] == source && same_kind(one["weights"], weights); });
      BOOST_TEST_REQUIRE((row != (*losses)["frame_loss"].end()), name);
      if (sources.insert(source).second) graph.source(source, {loss_inputs(arrays, source)});
      const auto stage = name + "_" + source;
      graph.stage(stage, "train/loss", source + ".*", parameters);
      graph.keep("out_" + stage, {{"loss", stage}});
      wanted.push_back({stage, source, weights, *row});
    }
  }
  graph.run();
  for (const auto& [name, source, weights, row] : wanted) {
    const Fields found = graph.result("out_" + name, source).sub("loss");
    double total = 0;
    BOOST_TEST(found.size() == row["parts"].size(), name);
    for (const auto& [part, value] : row["parts"].items()) {
      if (part == "total") continue;
      const double share = shares.contains(part) ? weights[part].get<double>() / row["weights"].value(part, 1.0) : 1;
      BOOST_TEST(near(found.at(part).item<double>(), share * value.get<double>(), 1e-5), name << " " << part);
      total += share * value.get<double>();
    }
    BOOST_TEST(near(found.at("total").item<double>(), total, 1e-5), name);
  }
}

/// Windows of four rows through tiles, targets, a batch and the model: each of the size that the configuration says.
BOOST_AUTO_TEST_CASE(every_configuration_runs) {
  GoldenGraph graph("configs");
  struct Sizes {
    std::int64_t tiles, channels, height, width, batch, pitches, tube;
  };
  std::map<std::string, Sizes> wanted;
  for (const auto& name : all_configs) {
    const auto config = golden_json("configs/" + name + ".json");
    if (!config) return;
    const auto& data = (*config)["dataset"];
    const auto rolls = data.value("frame_targets", json::object());
    const Sizes sizes{data["tiles"],
                      data["channels"],
                      data["resize"][0],
                      data["resize"][1],
                      data["batch_size"],
                      rolls.value("note_max", 108) - rolls.value("note_min", 21) + 1,
                      (*config)["model"]["transformer"]["tube_size"]};
    wanted[name] = sizes;
    const auto pixels = 4 * sizes.channels * sizes.height * sizes.width;
    const Fields window{{"frames", at::arange(pixels).remainder(251).to(at::kByte).reshape({4, sizes.channels, sizes.height, sizes.width})},
                        {"notes.onset_s", at::tensor({0.04, 0.1}, at::kDouble)},
                        {"notes.offset_s", at::tensor({0.09, 0.2}, at::kDouble)},
                        {"notes.pitch", at::tensor({60, 64}, at::kLong)}};
    const auto stage = [&](const std::string& what, const std::string& use, const json& in, json parameters) {
      graph.stage(what + "_" + name, use, in, std::move(parameters));
    };
    const auto with = [](json parameters, const json& more) { return parameters.update(more), parameters; };
    const auto from = [&](const std::string& what) { return what + "_" + name; };
    graph.table("resources.model_" + name, with(parameters_of(*config, "model"), {{"use", "model/tivit"}}));
    graph.source(name, std::vector<Fields>(static_cast<std::size_t>(sizes.batch), window), {{"rate", data.value("decode_fps", 30.0)}});
    stage("tiles", "video/tiles", name + ".frames", with(parameters_of(*config, "tiles"), {{"floats", false}}));
    stage("targets", "labels/targets", name + ".*", with(parameters_of(*config, "targets"), {{"style", "tivit"}}));
    stage("input", "model/tivit_input", {{"tiles", from("tiles")}, {"targets", from("targets")}}, json::object());
    stage("batch", "batch/stack", from("input"), parameters_of(*config, "batch"));
    stage("forward", "model/forward", from("batch"), {{"model", from("model")}});
    graph.keep(from("out"), {{"batch", from("batch")}, {"logits", from("forward")}});
  }
  graph.run();
  for (const auto& [name, is] : wanted) BOOST_TEST_CONTEXT(name) {
      Fields found;
      for (const auto& entry : fs::directory_iterator(graph.folder() / ("out_" + name))) found = tivit::data::read_npz(entry.path()).arrays;
      using Shape = std::vector<std::int64_t>;
      const auto shape = [&](const std::string& array) { return found.at(array).sizes().vec(); };
      BOOST_TEST(shape("batch.frames") == (Shape{is.batch, 4, is.tiles, is.channels, is.height, is.width / is.tiles}));
      for (const std::string head : {"pitch", "onset", "offset"})
        BOOST_TEST(shape("batch.targets." + head) == (Shape{is.batch, 4, is.pitches}));
      const bool steps = name != "config_full";  // it says no head_mode, and the model's is "clip"
      const std::map<std::string, std::int64_t> widths{{"pitch", 88}, {"onset", 88}, {"offset", 88}, {"hand", 2}, {"clef", 3}};
      for (const auto& [head, width] : widths)
        BOOST_TEST(shape("logits." + head) == (steps ? Shape{is.batch, 4 / is.tube, width} : Shape{is.batch, width}));
    }
}

BOOST_AUTO_TEST_SUITE_END()
