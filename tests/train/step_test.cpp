// train/step: the reference's gradients and parameters, the schedule, checkpoints and state.
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stages/data/npz.hpp>
#include <stages/data/safetensors.hpp>
#include <stages/train/schedule.hpp>
#include <tivit/atomic_file.hpp>

#include "../model/models.hpp"
#include "../model/tivit_config.hpp"
#include "../shared_data.hpp"

#include "tests/folders.hpp"

namespace {

using nlohmann::json;
using tivit::Fields;
using tivit::Payload;
using tivit::tests::MadeStage;
using tivit::tests::Settings;

struct Folder {
  std::filesystem::path path =
      tivit::tests::build_folder() / "test_files" / ("step_" + boost::unit_test::framework::current_test_case().p_name.value);
  Folder() { std::filesystem::remove_all(path), std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

/// Forward, loss and step of one batch, as a training graph calls them.
struct Trainer {
  std::shared_ptr<tivit::model::Model> model;
  MadeStage forward, loss, step;
  std::uint32_t number = 0;

  Trainer(std::shared_ptr<tivit::model::Model> trained, const Settings& loss_settings, const Settings& step_settings,
          const std::filesystem::path& directory)
      : model(std::move(trained)), forward("model/forward"), loss("train/loss", loss_settings), step("train/step", step_settings) {
    for (auto* stage : {&forward, &loss, &step}) {
      stage->run.training = true;
      stage->run.directory = directory;
    }
    forward.stage->bind("model", model);
    step.stage->bind("model", model);
    for (auto* stage : {&forward, &loss, &step}) stage->open();
  }
  Fields loss_of(const Fields& batch) {
    tivit::Lease lease;
    lease.training = true;
    lease.seed = number;
    model->lease_begins(lease);
    const auto logits = forward({Payload::of(batch)});
    return loss({logits[0], Payload::of(batch)}).at(0).as<Fields>();
  }
  void step_with(const Fields& parts) {
    step.context.id_ = tivit::ItemId{step.context.epoch_, number++};
    step({Payload::of(parts)});
    model->lease_ends();
  }
  void end_epoch() {
    step.context.scope_ = {"epoch", tivit::ItemId{step.context.epoch_}};
    step.stage->scope_end(step.context);
  }
};

Settings constant_rate(double rate) { return {{"learning_rate", {rate}}, {"warm_up", {0.0}}, {"floor", {1.0}}}; }

Settings tiny_model() {
  return {{"channels", {std::int64_t{1}}},      {"patch", {std::int64_t{4}}},          {"d_model", {std::int64_t{8}}},
          {"num_heads", {std::int64_t{2}}},     {"depth_temporal", {std::int64_t{1}}}, {"depth_spatial", {std::int64_t{1}}},
          {"head_mode", {std::string("frame")}}};
}

Fields tiny_batch(double value = 0.5) {
  Fields batch{{"frames", at::full({2, 4, 3, 1, 4, 4}, value)}};
  for (const char* name : {"pitch", "onset", "offset"}) batch.set("targets." + std::string(name), at::ones({2, 4, 88}));
  for (const char* name : {"hand", "clef"}) batch.set("targets." + std::string(name), at::ones({2, 4}, at::kLong));
  return batch;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

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

BOOST_AUTO_TEST_CASE(a_rest_whose_gradient_is_no_number_makes_no_step_and_no_checkpoint) {
  const Folder out;
  auto settings = constant_rate(1e-2);
  settings.push_back({"accumulate", {std::int64_t{2}}});
  Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, settings, out.path);
  const auto before = trainer.model->parameters().values();
  Fields steep = trainer.loss_of(tiny_batch());
  steep.set("total", (steep.at("total") - steep.at("total").detach()) * 1e30 * 1e30);  // 0, with a slope that no float holds
  trainer.step_with(steep);
  trainer.end_epoch();
  for (const auto& [name, value] : trainer.model->parameters().values()) BOOST_TEST(largest_difference(value, before.at(name)) == 0, name);
  BOOST_TEST(!std::filesystem::exists(out.path / "checkpoints/last.safetensors"));
  BOOST_TEST(std::filesystem::exists(out.path / "checkpoints/suspect.safetensors"));
}

std::shared_ptr<const tivit::Members> rows_at(std::initializer_list<double> rates) {
  tivit::Members members;
  for (const double rate : rates) members.emplace_back().attachments.set(tivit::TimeGrid::from_rate(rate));
  return std::make_shared<const tivit::Members>(std::move(members));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_tells_the_rate_that_was_learned_from_and_another_is_warned_of) {
  const Folder out;
  const Settings style{{"style", {std::string("tivit")}}};
  Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), style, constant_rate(1e-2), out.path);
  trainer.forward.context.members_ = rows_at({20, 20});
  trainer.step_with(trainer.loss_of(tiny_batch()));
  trainer.end_epoch();
  const auto file = out.path / "checkpoints/last.safetensors";
  BOOST_TEST(tivit::data::read_safetensors(file).metadata.at("rows_per_s") == "20.0");

  auto settings = tiny_model();
  settings.push_back({"weights", {file.string()}});
  const auto model = tivit::tests::make_model("model/tivit", settings);
  BOOST_TEST(model->row_rate().known().value_or(0) == 20);
  MadeStage forward("model/forward");
  forward.stage->bind("model", model);
  forward.open();
  std::ostringstream text;
  const auto usual = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text)));
  for (const double rate : {20.0, 19.98, 59.94, 60.0}) {
    forward.context.members_ = rows_at({rate, rate});
    forward({Payload::of(tiny_batch())});
  }
  spdlog::set_default_logger(usual);
  const auto said = text.str();
  BOOST_TEST(
      said.find("59.94 rows a second, but the weights have learned from 20; where notes are missed, set clips.frame_times.rate = 20") !=
          std::string::npos,
      said);
  BOOST_TEST(std::count(said.begin(), said.end(), '\n') == 1, said);

  Trainer mixed(tivit::tests::make_model("model/tivit", tiny_model()), style, constant_rate(1e-2), out.path);
  mixed.forward.context.members_ = rows_at({20, 25});
  mixed.step_with(mixed.loss_of(tiny_batch()));
  mixed.end_epoch();
  BOOST_TEST(!tivit::data::read_safetensors(file).metadata.contains("rows_per_s"));
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

BOOST_AUTO_TEST_CASE(best_follows_the_score_whether_it_comes_before_or_after_the_epoch_s_end) {
  for (const bool before : {true, false}) {
    const Folder out;
    Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, constant_rate(1e-2),
                    out.path);
    const auto epoch_of = [&](const char* name) {
      return tivit::data::read_safetensors(out.path / "checkpoints" / (std::string(name) + ".safetensors")).metadata.at("epoch");
    };
    const double scores[] = {0.5, 0.9, 0.7};
    for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
      trainer.step.context.epoch_ = epoch;
      trainer.step_with(trainer.loss_of(tiny_batch()));
      if (before) trainer.step.run.metrics("eval", epoch, {{"note_onset_f1_50ms", scores[epoch]}});
      trainer.end_epoch();
      if (!before) trainer.step.run.metrics("eval", epoch, {{"note_onset_f1_50ms", scores[epoch]}});
    }
    trainer.step.context.scope_ = {"run", {}};
    trainer.step.stage->scope_end(trainer.step.context);
    BOOST_TEST(epoch_of("last") == "2");
    BOOST_TEST(epoch_of("best") == "1");
    const json about = json::parse(std::ifstream(out.path / "checkpoints" / "best.json"));
    BOOST_TEST(about["note_onset_f1_50ms"] == 0.9);
    BOOST_TEST(about["step"] == 2);
  }
}

BOOST_AUTO_TEST_CASE(checkpoints_hold_the_averaged_weights_and_load_again) {
  const Folder out;
  auto settings = constant_rate(1e-1);
  settings.push_back({"average", {0.5}});
  Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, settings, out.path);
  const auto name = "head_onset.1.bias";
  trainer.step_with(trainer.loss_of(tiny_batch()));
  const auto first = trainer.model->parameters().at(name).detach().clone();
  trainer.step_with(trainer.loss_of(tiny_batch()));
  const auto second = trainer.model->parameters().at(name).detach().clone();
  const auto averaged = first * 2 / 11 + second * 9 / 11;  // the second call still keeps only 2/11 of what was
  trainer.end_epoch();
  auto again = tiny_model();
  again.push_back({"weights", {(out.path / "checkpoints" / "last").string()}});
  const auto loaded = tivit::tests::make_model("model/tivit", again);
  BOOST_TEST(largest_difference(loaded->parameters().at(name).detach(), averaged) < 1e-6);
  tivit::Lease scored;
  scored.shared_run = true;
  trainer.model->lease_begins(scored);
  BOOST_TEST(largest_difference(trainer.model->parameters().at(name).detach(), averaged) < 1e-6);
  trainer.model->lease_ends();
  BOOST_TEST(trainer.model->parameters().at(name).detach().equal(second));
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

BOOST_AUTO_TEST_CASE(an_epoch_that_ends_on_a_loss_that_is_no_number_replaces_no_checkpoint) {
  const Folder out;
  Trainer trainer(tivit::tests::make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, constant_rate(1e-2),
                  out.path);
  const auto bytes = [&](const char* name) { return tivit::read_file(out.path / "checkpoints" / name); };
  const Payload no_number = Payload::of(Fields{{"total", at::full({}, std::nan(""))}});
  trainer.step_with(trainer.loss_of(tiny_batch()));
  trainer.end_epoch();
  const auto last = bytes("last.safetensors"), best = bytes("best.safetensors");

  trainer.step_with(trainer.loss_of(tiny_batch()));
  BOOST_CHECK_THROW(trainer.step({no_number}), tivit::Error);
  trainer.end_epoch();
  BOOST_TEST((bytes("last.safetensors") == last));
  BOOST_TEST((bytes("best.safetensors") == best));
  BOOST_TEST((bytes("suspect.safetensors") != last));

  // One such batch among others is no reason to keep an epoch back.
  BOOST_CHECK_THROW(trainer.step({no_number}), tivit::Error);
  trainer.step_with(trainer.loss_of(tiny_batch()));
  trainer.end_epoch();
  BOOST_TEST((bytes("last.safetensors") != last));

  const auto parameters = trainer.model->parameters();
  const auto& first = *parameters.begin();
  first.value.detach().flatten()[0].fill_(std::nan(""));
  BOOST_CHECK_EXCEPTION(trainer.end_epoch(), tivit::Error, [&](const tivit::Error& error) {
    return error.problem().starts_with("weights " + first.name + "[0") &&
           error.problem().find("] is nan: last and best are kept") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(training_goes_on_from_saved_state_with_the_same_bytes) {
  const Folder out;
  auto settings = constant_rate(1e-2);
  settings.push_back({"average", {0.9}});
  settings.push_back({"accumulate", {std::int64_t{2}}});
  const Settings style{{"style", {std::string("tivit")}}};
  Trainer one(tivit::tests::make_model("model/tivit", tiny_model()), style, settings, out.path);
  for (int i = 0; i < 3; ++i) one.step_with(one.loss_of(tiny_batch(0.1 * i)));
  Trainer other(tivit::tests::make_model("model/tivit", tiny_model(), 99), style, settings, out.path);
  other.model->load_state(one.model->save_state());
  other.step.stage->load_state(one.step.stage->save_state());
  other.number = one.number;
  for (auto* trainer : {&one, &other}) {
    for (int i = 3; i < 6; ++i) trainer->step_with(trainer->loss_of(tiny_batch(0.1 * i)));
    trainer->end_epoch();
  }
  BOOST_TEST((one.model->save_state() == other.model->save_state()));
  BOOST_TEST((one.step.stage->save_state() == other.step.stage->save_state()));
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
