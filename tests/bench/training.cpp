// A training step in a graph beside the same model, loss and optimiser in a loop.
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <stages/model/autocast.hpp>
#include <stages/train/frame_loss.hpp>
#include <stages/train/optimizer.hpp>
#include <tivit/tensor/stage.hpp>

#include "tests/bench/bench.hpp"
#include "tests/bench/memory_graph.hpp"

namespace {

using namespace tivit;
constexpr std::int64_t steps = 10;

struct Case {
  std::string name;
  std::int64_t batch;
  std::vector<std::pair<std::string, ParameterValue>> settings;
  std::string model, loss;  ///< further lines of the graph
  Fields (*sample)();
  at::Tensor (*total)(const Fields& logits, const Fields& batch);
};

at::Tensor cells(std::int64_t rows, std::int64_t keys, double share) { return at::rand({rows, keys}).lt(share).to(at::kFloat); }

Fields perkey_sample() {
  constexpr std::int64_t frames = 32, keys = 22;
  const auto pitch = at::randint(12, {keys}, at::TensorOptions(at::kLong));
  Fields sample{{"frames", at::rand({frames, 64, 156})},
                {"background", at::rand({64, 156})},
                {"keys.centre", at::rand({keys}).mul(130).add(13)},
                {"keys.pitch_class", pitch},
                {"keys.black", pitch.ge(7)},
                {"keys.mask", at::ones({keys}, at::TensorOptions(at::kBool))}};
  for (const char* name : {"onset", "offset", "frame"}) sample.set("targets." + std::string(name), cells(frames, keys, 0.1));
  return sample;
}

at::Tensor perkey_total(const Fields& logits, const Fields& batch) {
  const auto counted = batch.at("keys.mask").unsqueeze(1).expand_as(logits.at("onset")).to(at::kFloat);
  at::Tensor total;
  for (const auto& [name, share, positive] : {std::tuple{"onset", 2.0, 4.0}, {"offset", 1.0, 3.0}, {"frame", 1.0, 1.5}}) {
    const auto part =
        at::binary_cross_entropy_with_logits(logits.at(name), batch.at("targets." + std::string(name)), counted, at::full({1}, positive), 2)
            .div(counted.sum())
            .mul(share);
    total = total.defined() ? total.add(part) : part;
  }
  return total;
}

const Case perkey{"perkey", 8, {}, "", "style = \"perkey\"\n", perkey_sample, perkey_total};

Fields tivit_sample() {
  constexpr std::int64_t frames = 96;
  Fields sample{{"frames", at::rand({frames, 3, 3, 128, 42})}};
  for (const char* name : {"pitch", "onset", "offset"}) sample.set("targets." + std::string(name), cells(frames, 128, 0.05));
  sample.set("targets.hand", at::randint(2, {frames}, at::TensorOptions(at::kLong)));
  sample.set("targets.clef", at::randint(3, {frames}, at::TensorOptions(at::kLong)));
  return sample;
}

train::FrameLossOptions tivit_loss() {
  train::FrameLossOptions options;
  options.onset = options.offset = 8;
  options.hand = options.clef = 0.2;
  options.onoff = "bce_pos";
  return options;
}

at::Tensor tivit_total(const Fields& logits, const Fields& batch) {
  return train::frame_loss(logits, batch.sub("targets"), nullptr, tivit_loss()).at("total");
}

const Case tivit_seed{"tivit",
                      2,
                      {{"d_model", {std::int64_t{192}}},
                       {"num_heads", {std::int64_t{3}}},
                       {"depth_temporal", {std::int64_t{1}}},
                       {"depth_spatial", {std::int64_t{1}}},
                       {"mlp_ratio", {3.0}},
                       {"head_mode", {std::string("frame")}}},
                      "d_model = 192\nnum_heads = 3\ndepth_temporal = 1\ndepth_spatial = 1\nmlp_ratio = 3.0\nhead_mode = \"frame\"\n",
                      "style = \"tivit\"\nonoff_loss = \"bce_pos\"\nweights = { onset = 8.0, offset = 8.0, hand = 0.2, clef = 0.2 }\n",
                      tivit_sample,
                      tivit_total};

/// The same samples for both.
void prepare(const Case& one) {
  static const Case* prepared = nullptr;
  if (prepared == &one) return;
  prepared = &one;
  bench::records.clear();
  for (std::int64_t i = 0; i < 2 * one.batch; ++i) bench::records.push_back(one.sample());
}

void in_graph(const Case& one, benchmark::State& state) {
  prepare(one);
  bench::records_an_epoch = steps * one.batch;
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  const std::string text =
      "title = \"steps\"\n[run]\nmode = \"train\"\nmemory = \"1 GiB\"\n[resources.model]\nuse = \"model/" + one.name + "\"\n" + one.model +
      "[stages.samples]\nuse = \"bench/records\"\n[stages.batch]\nuse = \"batch/stack\"\nin = \"samples\"\nsize = " + number(one.batch) +
      "\n[stages.forward]\nuse = \"model/forward\"\nin = \"batch\"\nmodel = \"model\"\n[stages.loss]\nuse = "
      "\"train/loss\"\nin = { logits = \"forward\", batch = \"batch\" }\n" +
      one.loss + "[stages.step]\nuse = \"train/step\"\nin = \"loss\"\nmodel = \"model\"\ndraws_per_epoch = " + number(steps * one.batch) +
      "\nbatch = " + number(one.batch) + "\n";
  for (auto _ : state) bench::run_graph("step-" + one.name, text, true, bench::best_precision());
  bench::items(state, steps);
}

void in_loop(const Case& one, benchmark::State& state) {
  prepare(one);
  for (auto _ : state) {
    const auto model = bench::make_model("model/" + one.name, one.settings);
    train::AdamW optimizer(model->parameters(), {});
    const c10::AutoGradMode gradients(true);
    for (std::int64_t step = 0; step < steps; ++step) {
      Fields batch;
      for (const auto& [name, first] : bench::records[0]) {
        std::vector<at::Tensor> parts;
        for (std::int64_t i = 0; i < one.batch; ++i)
          parts.push_back(bench::records[static_cast<std::size_t>(step * one.batch + i) % bench::records.size()].at(name));
        batch.set(name, at::stack(parts));
      }
      model->lease_begins({.training = true, .seed = static_cast<std::uint64_t>(step), .item = {}});
      Fields logits;
      {
        const model::Autocast autocast(at::kCPU, bench::best_precision() == "bf16");
        for (const auto& [name, logit] : model->forward(batch)) logits.set(name, logit.to(at::kFloat));
      }
      one.total(logits, batch).backward();
      optimizer.step(1e-3);
      optimizer.zero_gradients();
      model->lease_ends();
    }
  }
  bench::items(state, steps);
}

TIVIT_BENCH_ROW({.work = "training step inside the graph: per-key, 8 samples of 32 frames",
                 .ours = [](benchmark::State& state) { in_graph(perkey, state); },
                 .beside = [](benchmark::State& state) { in_loop(perkey, state); },
                 .beside_name = "same model, loss and optimiser in a LibTorch loop",
                 .unit = "CPU s/step",
                 .reach = "ratio <= 1.05",
                 .scale = 1,
                 .iterations = 1})
TIVIT_BENCH_ROW({.work = "training step inside the graph: TiViT, 2 samples of 96 frames",
                 .ours = [](benchmark::State& state) { in_graph(tivit_seed, state); },
                 .beside = [](benchmark::State& state) { in_loop(tivit_seed, state); },
                 .beside_name = "same model, loss and optimiser in a LibTorch loop",
                 .unit = "CPU s/step",
                 .reach = "ratio <= 1.05",
                 .scale = 1,
                 .iterations = 1})

}  // namespace
