// What a trace costs: the same run with and without one, the writing of trace.json included. Once with calls of a millisecond, as the
// quicker stages of this project have, and once with calls that do nothing.
#include <unistd.h>
#include <tivit/contract.hpp>
#include <tivit/run.hpp>

#include <filesystem>

#include "tests/bench/bench.hpp"
#include "tests/pipeline/plan_by_hand.hpp"

namespace tivit::bench {
struct Grain {
  std::int64_t value = 0;
};
}  // namespace tivit::bench
template <>
struct tivit::PortTraits<tivit::bench::Grain> {
  static constexpr std::string_view name = "grain";
  static std::size_t bytes(const tivit::bench::Grain&) { return sizeof(tivit::bench::Grain); }
};

namespace tivit::bench {
namespace {

constexpr int stages = 8;

struct Grains {
  int count = 0;
  int next_ = 0;
  static void contract(Contract<Grains>& c) {
    c.source("small items");
    c.param("count", &Grains::count).doc("how many");
    c.out("grain", "grain");
  }
  std::optional<Grain> next() { return next_ == count ? std::nullopt : std::optional(Grain{next_++}); }
};
TIVIT_STAGE("bench/grains", Grains)

struct Grind {
  int rounds = 0;
  static void contract(Contract<Grind>& c) {
    c.map("computes for a while");
    c.param("rounds", &Grind::rounds).doc("multiplications");
    c.in("grain", "grain");
    c.out("grain", "grain");
  }
  Grain operator()(const Grain& grain) {
    auto value = static_cast<std::uint64_t>(grain.value);
    for (int i = 0; i < rounds; ++i) benchmark::DoNotOptimize(value = value * 6364136223846793005U + 1442695040888963407U);
    return {static_cast<std::int64_t>(value)};
  }
};
TIVIT_STAGE("bench/grind", Grind)

struct Dust {
  static void contract(Contract<Dust>& c) {
    c.sink("takes them");
    c.in("grain", "grain");
  }
  void operator()(const Grain& grain) { benchmark::DoNotOptimize(grain.value); }
};
TIVIT_STAGE("bench/dust", Dust)

template <int count, int rounds, bool traced>
void graph(benchmark::State& state) {
  tests::PlanByHand p;
  p.plan.threads.pipeline = 1;
  int last = p.add("grains", "bench/grains", {}, {{"count", {std::int64_t{count}}}});
  for (int i = 0; i < stages; ++i) last = p.add("grind" + std::to_string(i), "bench/grind", {last}, {{"rounds", {std::int64_t{rounds}}}});
  p.add("dust", "bench/dust", {last});
  const auto file = std::filesystem::temp_directory_path() / ("tivit-trace-" + std::to_string(::getpid()) + ".json");
  for (auto _ : state) {
    RunContext context;
    RunHooks hooks;
    if (traced) hooks.trace = std::make_shared<Trace>();
    Run(p.plan, context, hooks).execute();
    if (traced) hooks.trace->write(file);
  }
  std::filesystem::remove(file);
  items(state, static_cast<double>(count) * (stages + 1));
}

constexpr int millisecond = 1150000;  // multiplications that wait for one another

TIVIT_BENCH_ROW({.work = "calls of a millisecond, traced, trace.json written",
                 .ours = graph<60, millisecond, true>,
                 .beside = graph<60, millisecond, false>,
                 .beside_name = "the same without a trace",
                 .unit = "CPU ms/call",
                 .reach = "ratio <= 1.02"})
TIVIT_BENCH_ROW({.work = "one hop, 1 worker, traced, trace.json written",
                 .ours = graph<5000, 0, true>,
                 .beside = graph<5000, 0, false>,
                 .beside_name = "the same without a trace",
                 .unit = "CPU us/hop",
                 .reach = "",
                 .scale = 1e6})

}  // namespace
}  // namespace tivit::bench
