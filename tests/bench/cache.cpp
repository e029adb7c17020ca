// The second epoch: strips that lie in the cache, as the floats a batch is made of.
#include <ATen/ops/empty.h>
#include <ATen/ops/randint.h>

#include <unistd.h>
#include <cstring>
#include <filesystem>
#include <random>
#include <stages/video/frame_cache.hpp>
#include <tivit/tensor/stage.hpp>

#include "tests/bench/bench.hpp"
#include "tests/folders.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tivit;

constexpr std::int64_t side = 128, rows = 96, total = 960;

/// A disk cache in the build folder that holds one recording of `total` rows; gone when the program ends.
struct Filled {
  fs::path folder = tests::build_folder() / "bench" / ("cache." + std::to_string(getpid()));
  video::FrameCache cache{video::disk_store(folder, std::uint64_t{1} << 30)};
  video::CacheKey key{"bench", 1};
  Filled() {
    const auto made = at::randint(256, {total, 1, side, side}, at::TensorOptions(at::kLong)).to(at::kByte);
    cache.rows(key, 0, total, total, [&](std::int64_t first, std::int64_t count) { return made.narrow(0, first, count); });
  }
  ~Filled() { fs::remove_all(folder); }
  at::Tensor window(std::int64_t first) {
    return cache.rows(key, first, rows, total, [](std::int64_t, std::int64_t) -> at::Tensor { throw Error("the cache lost a row"); });
  }
};

void cached_strips(benchmark::State& state) {
  static Filled filled;
  auto stage = Registry::instance().find("video/tiles").make();
  stage->set("tiles", {std::int64_t{1}});
  Context context;
  std::mt19937 random(1);
  for (auto _ : state) {
    const auto window = filled.window(static_cast<std::int64_t>(random() % (total - rows)));
    benchmark::DoNotOptimize(stage->call({{"frames", Payload::of(window)}}, context));
  }
  bench::items(state, rows);
}

void copy_of_floats(benchmark::State& state) {
  const auto floats = at::empty({total, 1, side, side}, at::kFloat).fill_(0.5);
  std::mt19937 random(1);
  for (auto _ : state) {
    const auto out = at::empty({rows, 1, side, side}, at::kFloat);
    const auto first = static_cast<std::int64_t>(random() % (total - rows));
    std::memcpy(out.data_ptr<float>(), floats.data_ptr<float>() + first * side * side, out.nbytes());
    benchmark::DoNotOptimize(out.data_ptr());
  }
  bench::items(state, rows);
}

TIVIT_BENCH_ROW({.work = "second epoch: cached uint8 strips of 128x128 to floats, windows of 96",
                 .ours = cached_strips,
                 .beside = copy_of_floats,
                 .beside_name = "memcpy of the floats",
                 .unit = "CPU ms/frame",
                 .reach = "ours <= 0.06"})

}  // namespace
