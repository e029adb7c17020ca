// train/step: the reference's gradients and parameters, the schedule.
#include <ATen/ops/full.h>
#include <ATen/TensorOperators.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/npz.hpp>
#include <stages/data/safetensors.hpp>
#include <stages/train/schedule.hpp>

#include "../model/tivit_config.hpp"
#include "../shared_data.hpp"

#include "trainer.hpp"

using namespace tivit::tests;
using nlohmann::json;
using tivit::Fields;
using tivit::Payload;

BOOST_AUTO_TEST_SUITE(step)

BOOST_AUTO_TEST_CASE(three_steps_give_the_reference_s_losses_gradients_and_parameters) {
  const auto folder = tivit::tests::shared("golden/gradients");
  if (!folder) return;
  const json wanted = json::parse(std::ifstream(*folder / "gradients.json"));
  auto settings = tivit::tests::tivit_settings(wanted["config"]["model"]);
  settings.push_back({"weights", {(*folder / "state_dict_init.pt").string()}});
  Settings weights{{"style", {std::string("tivit")}}};
  for (const auto& [name, value] : wanted["loss_weights"].items()) {
    const bool part = name == "pitch" || name == "onset" || name == "offset" || name == "hand" || name == "clef";
    weights.push_back({(part ? "weights." : "") + name,
                       value.is_string() ? tivit::ParameterValue{value.get<std::string>()} : tivit::ParameterValue{value.get<double>()}});
  }
  Settings step_settings = constant_rate(3e-4);
  step_settings.push_back({"beta2", {0.999}});
  step_settings.push_back({"weight_decay", {0.01}});
  step_settings.push_back({"decay_matrices_only", {false}});
  step_settings.push_back({"clip_norm", {1.0}});
  step_settings.push_back({"faster", {5.0}});
  step_settings.push_back({"faster_names", {tivit::ParameterValue::List{{std::string("onset")}, {std::string("offset")}}}});
  step_settings.push_back({"log_every", {std::int64_t{1}}});
  const Folder out;
  Trainer trainer(tivit::tests::make_model("model/tivit", settings), weights, step_settings, out.path);

  const auto arrays = tivit::data::read_npz(*folder / "batch.npz").arrays;
  Fields batch{{"frames", arrays.at("video")}};
  for (const char* name : {"pitch", "onset", "offset"}) batch.set("targets." + std::string(name), arrays.at(std::string(name) + "_roll"));
  for (const char* name : {"hand", "clef"}) batch.set("targets." + std::string(name), arrays.at(std::string(name) + "_frame"));

  const auto gradients = tivit::data::read_npz(*folder / "grads.npz").arrays;
  for (int number = 1; number <= 3; ++number) {
    auto parts = trainer.loss_of(batch);
    const auto& reference = wanted["steps"][number - 1];
    for (const auto& [part, value] : reference["loss_parts_before_step"].items())
      BOOST_TEST(std::abs(parts.at(part).item<double>() - value.get<double>()) <= 1e-5 * std::max(1.0, value.get<double>()),
                 "step " << number << " " << part);
    if (number == 1) {
      parts.at("total").backward({}, /*retain_graph=*/true);
      for (const auto& [name, value, trained] : trainer.model->parameters()) {
        BOOST_TEST(largest_difference(value.grad(), gradients.at(name)) < 2e-6, name);
        value.mutable_grad() = at::Tensor();
      }
    }
    trainer.step_with(parts);
    for (const auto& [figure, value] : trainer.step.run.last_metrics("train"))
      if (figure == "gradient_norm") BOOST_TEST(std::abs(value - reference["grad_norm_before_clip"].get<double>()) < 1e-4);
    if (number == 2) continue;
    const auto after = tivit::data::read_npz(*folder / ("params_after_step" + std::to_string(number) + ".npz")).arrays;
    for (const auto& [name, value, trained] : trainer.model->parameters()) {
      auto difference = (value.detach() - after.at(name)).abs();
      if (name.ends_with("in_proj_bias")) difference.narrow(0, 12, 12).zero_();  // its gradient is rounding noise
      BOOST_TEST(difference.max().item<double>() < 2e-6, name << " after step " << number);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_rate_rises_then_falls_along_a_cosine) {
  const tivit::train::Schedule schedule{1.0, 0.1, 0.02, 100};
  BOOST_TEST(std::abs(schedule.at(0) - 0.1) < 1e-12);
  BOOST_TEST(std::abs(schedule.at(9) - 1.0) < 1e-12);
  BOOST_TEST(std::abs(schedule.at(10) - 1.0) < 1e-12);
  BOOST_TEST(std::abs(schedule.at(55) - 0.51) < 1e-12);
  BOOST_TEST(std::abs(schedule.at(100) - 0.02) < 1e-12);
  BOOST_TEST(std::abs(schedule.at(500) - 0.02) < 1e-12);
  BOOST_TEST((tivit::train::Schedule{0.5, 0, 1, 0}.at(7)) == 0.5);
}

BOOST_AUTO_TEST_CASE(two_gathered_batches_step_as_one_of_twice_the_size) {
  const Folder out;
  const Settings style{{"style", {std::string("tivit")}}};
  auto twice = constant_rate(1e-2);
  twice.push_back({"accumulate", {std::int64_t{2}}});
  Settings still = tiny_model();
  still.push_back({"dropout", {0.0}});
  Trainer once(tivit::tests::make_model("model/tivit", still), style, constant_rate(1e-2), out.path);
  Trainer gathered(tivit::tests::make_model("model/tivit", still), style, twice, out.path);
  const auto before = once.model->parameters().values();
  const auto batch = tiny_batch();
  once.step_with(once.loss_of(batch));
  gathered.step_with(gathered.loss_of(batch));
  BOOST_TEST(largest_difference(gathered.model->parameters().at("head_hand.1.weight").detach(), before.at("head_hand.1.weight")) == 0);
  gathered.step_with(gathered.loss_of(batch));
  for (const auto& [name, value] : once.model->parameters().values())
    if (!name.ends_with("in_proj_bias")) BOOST_TEST(largest_difference(value, gathered.model->parameters().at(name).detach()) < 1e-6, name);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_an_epoch_is_learned_before_anybody_scores_it) {
  const Folder out;
  auto settings = constant_rate(1e-2);
  settings.push_back({"accumulate", {std::int64_t{2}}});
  Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, settings, out.path);
  for (int i = 0; i < 3; ++i) trainer.step_with(trainer.loss_of(tiny_batch()));
  tivit::Lease scores;
  scores.shared_run = true;
  const auto before = trainer.model->parameters().values();
  trainer.model->lease_begins(scores);
  const auto scored = trainer.model->parameters().values();
  trainer.model->lease_ends();
  BOOST_TEST(largest_difference(scored.at("head_onset.1.weight"), before.at("head_onset.1.weight")) > 0);
  trainer.end_epoch();
  const auto last = tivit::data::read_safetensors(out.path / "checkpoints/last.safetensors");
  BOOST_TEST(last.metadata.at("step") == "2");
  for (const auto& [name, value] : scored) BOOST_TEST(largest_difference(last.tensors.at(name), value) == 0, name);
}

BOOST_AUTO_TEST_CASE(frozen_epochs_move_the_heads_alone) {
  const Folder out;
  auto settings = constant_rate(1e-2);
  settings.push_back({"freeze_epochs", {std::int64_t{1}}});
  Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, settings, out.path);
  const auto before = trainer.model->parameters().values();
  const auto moved = [&](const char* name) {
    return largest_difference(before.at(name), trainer.model->parameters().at(name).detach()) > 0;
  };
  trainer.step_with(trainer.loss_of(tiny_batch()));
  BOOST_TEST(moved("head_onset.1.weight"));
  BOOST_TEST(!moved("embed.proj.weight"));
  trainer.end_epoch();
  trainer.step.context.epoch_ = 1;
  trainer.step_with(trainer.loss_of(tiny_batch()));
  BOOST_TEST(moved("embed.proj.weight"));
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_no_number_names_the_batch_and_its_clips) {
  const Folder out;
  Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, constant_rate(1e-2),
                  out.path);
  tivit::Member member;
  member.attachments.set(tivit::SourceName{"V7", 1, 2.5});
  trainer.step.context.members_ = std::make_shared<const tivit::Members>(tivit::Members{member});
  trainer.step.context.id_ = tivit::ItemId{0, 3};
  BOOST_CHECK_EXCEPTION(trainer.step({Payload::of(Fields{{"total", at::full({}, std::nan(""))}})}), tivit::Error,
                        [](const tivit::Error& error) {
                          return error.problem() == "the loss of this batch is nan" && error.where().find("V7") != std::string::npos;
                        });
}

BOOST_AUTO_TEST_CASE(names_that_no_parameter_has_are_refused) {
  const auto opened = [](const Settings& settings) {
    MadeStage stage("train/step", settings);
    stage.stage->bind("model", tivit::tests::make_model("model/tivit", tiny_model()));
    stage.open();
  };
  auto settings = constant_rate(1e-2);
  settings.push_back({"faster_names", {tivit::ParameterValue::List{{std::string("onsett")}}}});
  BOOST_CHECK_EXCEPTION(opened(settings), tivit::Error, [](const tivit::Error& error) {
    return error.problem() == "faster_names: no parameter of the model has \"onsett\" in its name" &&
           error.remedy().find("\"head_onset.1.weight\"") != std::string::npos;
  });
  settings = constant_rate(1e-2);
  settings.push_back({"freeze_epochs", {std::int64_t{1}}});
  settings.push_back({"trained_when_frozen", {tivit::ParameterValue::List{}}});
  BOOST_CHECK_EXCEPTION(opened(settings), tivit::Error,
                        [](const tivit::Error& error) { return error.problem() == "nothing would be trained in the first epochs"; });
}

BOOST_AUTO_TEST_CASE(a_schedule_without_a_length_is_refused) {
  MadeStage stage("train/step");
  stage.stage->bind("model", tivit::tests::make_model("model/tivit", tiny_model()));
  BOOST_CHECK_EXCEPTION(stage.open(), tivit::Error,
                        [](const tivit::Error& error) { return error.problem() == "the schedule's length is not known"; });
}

BOOST_AUTO_TEST_SUITE_END()
