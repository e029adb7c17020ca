// What train/step writes and goes on from.
#include <ATen/ops/full.h>
#include <ATen/TensorOperators.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stages/data/safetensors.hpp>
#include <tivit/atomic_file.hpp>

#include "trainer.hpp"

namespace {

using tivit::Fields;
using tivit::Payload;
using namespace tivit::tests;

std::shared_ptr<const tivit::Members> rows_at(std::initializer_list<double> rates) {
  tivit::Members members;
  for (const double rate : rates) members.emplace_back().attachments.set(tivit::TimeGrid::from_rate(rate));
  return std::make_shared<const tivit::Members>(std::move(members));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoints)

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
    const nlohmann::json about = nlohmann::json::parse(std::ifstream(out.path / "checkpoints" / "best.json"));
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
  trainer.step_with(trainer.loss_of(tiny_batch()));
  first.value.detach().flatten()[0].fill_(std::nan(""));
  BOOST_CHECK_EXCEPTION(trainer.end_epoch(), tivit::Error, [&](const tivit::Error& error) {
    return error.problem().starts_with("weights " + first.name + "[0") &&
           error.problem().find("] is nan: last and best are kept") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(an_epoch_without_a_batch_makes_no_checkpoint) {
  const Folder out;
  Trainer trainer(make_model("model/tivit", tiny_model()), {{"style", {std::string("tivit")}}}, constant_rate(0.01), out.path);
  std::ostringstream log;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log);
  spdlog::default_logger()->sinks().push_back(sink);
  trainer.end_epoch();
  spdlog::default_logger()->sinks().pop_back();
  BOOST_TEST(log.str().find("epoch 1: not one batch came: nothing was learned, and no checkpoint is made of it") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(out.path / "checkpoints"));
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

BOOST_AUTO_TEST_SUITE_END()
