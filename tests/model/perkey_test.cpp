// model/perkey: the recipe's size, what a logit sees, what a mask hides, and its input.
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <stages/model/perkey_channels.hpp>

#include "../train/keyboard_picture.hpp"
#include "models.hpp"

namespace {

using namespace tivit;

Fields input(std::int64_t frames, int seed = 0) {
  tests::MadeStage stage("model/perkey_input");
  stage.open();
  stage.context.in_.set(tests::keyboard_geometry());
  const auto count = frames * 64 * 648;
  const auto strip = ((at::arange(count, at::kLong) * 7919 + seed * 31) % 251).to(at::kByte).view({frames, 1, 64, 648});
  const auto record = stage({Payload::of(strip), Payload::of(strip[0].clone())}).at(0).as<Fields>();
  Fields batch;
  for (const auto& [name, value] : record) batch.set(name, value.unsqueeze(0));
  return batch;
}

Fields with_frames(Fields batch, const at::Tensor& frames) {
  batch.set("frames", frames);
  return batch;
}

double difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(perkey)

BOOST_AUTO_TEST_CASE(has_the_recipe_s_number_of_parameters) {
  BOOST_TEST(tests::make_model("model/perkey")->parameters().trained_numbers() == 242772);
}

BOOST_AUTO_TEST_CASE(a_logit_sees_fifteen_frames_to_each_side) {
  const c10::NoGradGuard no_grad;
  const auto model = tests::make_model("model/perkey");
  const auto batch = input(40);
  const auto whole = model->forward(batch);
  BOOST_TEST((whole.at("onset").sizes() == std::vector<std::int64_t>{1, 40, 88}));
  auto changed = batch.at("frames").clone();
  changed.select(1, 0).bitwise_xor_(128);
  const auto other = model->forward(with_frames(batch, changed));
  for (const char* head : {"onset", "offset", "frame"}) {
    BOOST_TEST(difference(whole.at(head).narrow(1, 15, 1), other.at(head).narrow(1, 15, 1)) > 1e-4, head);
    BOOST_TEST(difference(whole.at(head).narrow(1, 16, 24), other.at(head).narrow(1, 16, 24)) < 1e-5, head);
  }
}

BOOST_AUTO_TEST_CASE(each_key_is_judged_by_its_own_window) {
  const c10::NoGradGuard no_grad;
  const auto model = tests::make_model("model/perkey");
  const auto batch = input(4);
  const auto whole = model->forward(batch).at("onset");
  auto changed = batch.at("frames").clone();
  changed.narrow(3, 0, 100).bitwise_xor_(128);
  const auto other = model->forward(with_frames(batch, changed)).at("onset");
  BOOST_TEST(difference(whole.narrow(2, 0, 8), other.narrow(2, 0, 8)) > 1e-4);
  BOOST_TEST(difference(whole.narrow(2, 20, 68), other.narrow(2, 20, 68)) < 1e-5);
}

BOOST_AUTO_TEST_CASE(padding_in_time_changes_nothing_before_it) {
  const c10::NoGradGuard no_grad;
  const auto model = tests::make_model("model/perkey");
  const auto batch = input(24);
  Fields cut = with_frames(batch, batch.at("frames").narrow(1, 0, 20));
  auto frames = batch.at("frames").clone();
  frames.slice(1, 20).fill_(255);
  Fields padded = with_frames(batch, frames);
  auto mask = at::ones({1, 24}, at::kBool);
  mask.slice(1, 20).zero_();
  padded.set("mask", mask);
  const auto a = model->forward(cut), b = model->forward(padded);
  for (const char* head : {"onset", "offset", "frame"}) BOOST_TEST(difference(a.at(head), b.at(head).narrow(1, 0, 20)) < 1e-5, head);
}

BOOST_AUTO_TEST_CASE(keys_that_the_picture_lacks_are_a_firm_no) {
  const c10::NoGradGuard no_grad;
  auto batch = input(2);
  auto mask = batch.at("keys.mask").clone();
  mask.slice(1, 80).zero_();
  batch.set("keys.mask", mask);
  const auto out = tests::make_model("model/perkey")->forward(batch);
  BOOST_TEST(out.at("onset").slice(2, 80).max().item<double>() == -30);
  BOOST_TEST(out.at("onset").slice(2, 0, 80).min().item<double>() > -30);
}

BOOST_AUTO_TEST_CASE(mixed_precision_moves_probabilities_little) {
  const auto model = tests::make_model("model/perkey");
  const auto batch = input(20);
  const auto run = [&](const char* precision) {
    tests::MadeStage stage("model/forward");
    stage.stage->bind("model", model);
    stage.run.precision = precision;
    stage.open();
    return stage({Payload::of(batch)}).at(0).as<Fields>();
  };
  const auto full = run("fp32");
  if (!__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq")) {
    BOOST_CHECK_EXCEPTION(run("bf16"), Error, [](const Error& error) {
      return error.problem().starts_with("precision \"bf16\": this processor lacks AVX-512") &&
             error.remedy() == "set run.precision to \"auto\" or \"fp32\"";
    });
    return;
  }
  const auto mixed = run("bf16");
  for (const char* head : {"onset", "offset", "frame"}) {
    BOOST_TEST(mixed.at(head).scalar_type() == at::kFloat);
    BOOST_TEST(!mixed.at(head).equal(full.at(head)));
    BOOST_TEST(difference(full.at(head).sigmoid(), mixed.at(head).sigmoid()) < 0.008, head);
  }
}

BOOST_AUTO_TEST_CASE(saved_state_restores_every_number) {
  const auto model = tests::make_model("model/perkey"), other = tests::make_model("model/perkey", {}, 2);
  other->load_state(model->save_state());
  BOOST_TEST((other->save_state() == model->save_state()));
  BOOST_CHECK_EXCEPTION(other->load_state(model->save_state().substr(0, 100)), Error,
                        [](const Error& error) { return error.problem() == "the saved state ends too early"; });
}

BOOST_AUTO_TEST_CASE(a_run_s_seed_draws_the_fresh_weights) {
  const auto a = tests::make_model("model/perkey", {}, 1), b = tests::make_model("model/perkey", {}, 1),
             c = tests::make_model("model/perkey", {}, 2);
  BOOST_TEST(a->parameters().at("white.weight").equal(b->parameters().at("white.weight")));
  BOOST_TEST(!a->parameters().at("white.weight").equal(c->parameters().at("white.weight")));
  BOOST_TEST(a->parameters().at("onset.bias").item<double>() == -3);
}

BOOST_AUTO_TEST_CASE(the_four_channels_by_hand) {
  auto y = at::zeros({3, 1, 1});
  y[0][0][0] = 0.5;
  y[1][0][0] = 0.75;
  y[2][0][0] = 1;
  const auto background = at::full({1, 1}, 0.25);
  // The third frame only fills up: nothing changes from the second to it.
  const double wanted[] = {-0.1, 1, 0, 1.5, 0.4, 2, 1.5, 0, 0.9, 3, 0, 0};
  for (const auto type : {at::kFloat, at::kBFloat16}) {
    const auto out = model::perkey_channels(y, background, 0, 3, 2, type).to(at::kFloat).flatten();
    for (int i = 0; i < 12; ++i) BOOST_TEST(std::abs(out[i].item<double>() - wanted[i]) < (type == at::kFloat ? 1e-6 : 4e-3));
    BOOST_TEST(out.slice(0, 4, 12).equal(model::perkey_channels(y, background, 1, 2, 2, type).to(at::kFloat).flatten()));
  }
}

BOOST_AUTO_TEST_CASE(bytes_are_the_same_brightness) {
  const auto bytes = (at::arange(5 * 7 * 33, at::kLong) * 7919 % 256).to(at::kByte).view({5, 7, 33});
  const auto unit = bytes.to(at::kFloat).div(255);
  const auto a = model::perkey_channels(bytes, bytes[2], 0, 5, 5, at::kFloat),
             b = model::perkey_channels(unit, unit[2], 0, 5, 5, at::kFloat);
  BOOST_TEST(difference(a, b) < 1e-5);
}

BOOST_AUTO_TEST_CASE(without_gradients_the_network_is_folded_and_gives_the_same_numbers) {
  const auto model = tests::make_model("model/perkey");
  {
    const c10::NoGradGuard no_grad;
    // Statistics as a trained model has them, not those of a fresh one.
    std::int64_t seed = 0;
    for (const auto& [name, value, trained] : model->parameters())
      if (name.find("running") != std::string::npos || name.find(".norm.") != std::string::npos)
        if (value.is_floating_point()) value.copy_(((at::arange(value.numel()) * 37 + ++seed) % 11).div(11).add(0.3).view(value.sizes()));
  }
  const auto batch = input(21);
  const auto exact = model->forward(batch);
  BOOST_TEST_REQUIRE(exact.at("onset").requires_grad());
  const c10::NoGradGuard no_grad;
  const auto folded = model->forward(batch);
  for (const char* head : {"onset", "offset", "frame"}) {
    BOOST_TEST(exact.at(head).std().item<double>() > 1e-3, head);
    BOOST_TEST(difference(exact.at(head), folded.at(head)) < 1e-5, head);
  }
}

BOOST_AUTO_TEST_CASE(a_device_that_is_not_there_is_refused_in_words) {
  const auto& spec = Registry::instance().find("model/perkey");
  const auto made = spec.make_resource([](const auto&) {});
  RunContext run;
  run.device = "cuda9";
  BOOST_CHECK_THROW(made->open(run), Error);
}

BOOST_AUTO_TEST_SUITE_END()
