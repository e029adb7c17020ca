// The per-key network over strips that lie in memory: in a graph, and in a loop.
#include <ATen/ops/cat.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <stages/model/autocast.hpp>
#include <tivit/tensor/stage.hpp>

#include "tests/bench/bench.hpp"
#include "tests/bench/memory_graph.hpp"
#include "tests/train/keyboard_picture.hpp"

namespace {

using namespace tivit;
constexpr std::int64_t windows = 8, frames = 200, batch_size = 4;

void prepare() {
  if (!bench::records.empty()) return;
  const auto bytes = [](at::IntArrayRef sizes) { return at::randint(256, sizes, at::TensorOptions(at::kLong)).to(at::kByte); };
  for (std::int64_t i = 0; i < windows; ++i)
    bench::records.push_back({{"strip", bytes({frames, 1, 64, 648})}, {"background", bytes({1, 64, 648})}});
  bench::geometry = tests::keyboard_geometry();
  bench::records_an_epoch = windows;
}

void in_graph(benchmark::State& state) {
  prepare();
  for (auto _ : state)
    bench::run_graph("inference", R"(
title = "inference"
[run]
memory = "512 MiB"
[resources.model]
use = "model/perkey"
[stages.strips]
use = "bench/records"
[stages.input]
use = "model/perkey_input"
in = { strip = "strips.strip", background = "strips.background" }
[stages.batch]
use = "batch/stack"
in = "input"
size = 4
[stages.forward]
use = "model/forward"
in = "batch"
model = "model"
[stages.split]
use = "batch/split"
in = "forward"
)",
                     false, bench::best_precision());
  bench::items(state, windows * frames);
}

void in_loop(benchmark::State& state) {
  prepare();
  for (auto _ : state) {
    const auto model = bench::make_model("model/perkey", {});
    const c10::NoGradGuard no_grad;
    const auto input = Registry::instance().find("model/perkey_input").make();
    Context context;
    context.in_.set(*bench::geometry);
    const auto keys =
        input
            ->call({{"strip", Payload::of(bench::records[0].at("strip"))}, {"background", Payload::of(bench::records[0].at("background"))}},
                   context)
            .at(0);
    for (std::int64_t first = 0; first < windows; first += batch_size) {
      std::vector<at::Tensor> strips, backgrounds;
      for (std::int64_t i = first; i < first + batch_size; ++i) {
        strips.push_back(bench::records[static_cast<std::size_t>(i)].at("strip").select(1, 0));
        backgrounds.push_back(bench::records[static_cast<std::size_t>(i)].at("background")[0]);
      }
      Fields batch{{"frames", at::stack(strips)}, {"background", at::stack(backgrounds)}};
      for (const auto& [name, value] : keys.as<Fields>())
        if (name.starts_with("keys.")) batch.set(name, value.unsqueeze(0).expand({batch_size, value.size(0)}));
      const model::Autocast autocast(at::kCPU, bench::best_precision() == "bf16");
      benchmark::DoNotOptimize(model->forward(batch));
    }
  }
  bench::items(state, windows * frames);
}

TIVIT_BENCH_ROW({.work = "per-key inference from strips, whole keyboard, windows of 200 frames",
                 .ours = in_graph,
                 .beside = in_loop,
                 .beside_name = "the network in a LibTorch loop",
                 .unit = "CPU ms/frame",
                 .reach = "ratio <= 1.05",
                 .iterations = 2})
TIVIT_BENCH_ROW({.work = "per-key inference from strips: frames a second",
                 .ours = in_graph,
                 .unit = "frames/CPU s",
                 .reach = "ours >= 600",
                 .target = true,
                 .rate = true,
                 .iterations = 2})

}  // namespace
