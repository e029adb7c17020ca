// configs/: the four configurations of the earlier system, as graphs/train.toml takes them.
#include <sstream>

#include "golden.hpp"

namespace {
using namespace tivit::tests;

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
  for (const std::string name : {"config", "config_base", "config_full", "config_old"}) {
    const auto config = golden_json("configs/" + name + ".json");
    if (!config) return;
    std::vector<std::string> sets;
    for (const auto& one : same)
      if (const auto value = held(*config, one))
        sets.insert(sets.end(),
                    {"--set", std::string(one.parameter) + "=" + (value->is_string() ? value->get<std::string>() : value->dump())});
    const auto values = resolved(sets);
    int compared = 0;
    for (const auto& one : same)
      if (const auto value = held(*config, one)) {
        BOOST_TEST(values.at(one.parameter) == *value, name << " " << one.value);
        ++compared;
      }
    BOOST_TEST(compared >= 20, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
