#pragma once
// A row of `make bench` in C++: our work and the bare thing beside it, repeated in turn by Google Benchmark.
//
//   void ours(benchmark::State& state) {
//     for (auto _ : state) …;                 // one iteration: 96 frames
//     tivit::bench::items(state, 96);
//   }
//   TIVIT_BENCH_ROW({.work = "cached strips to floats", .ours = ours, .beside = bare, .beside_name = "memcpy of the floats",
//                    .unit = "CPU ms/frame", .reach = "ours <= 0.06"})
//
// Times are user + system seconds of the whole process, all threads included; main.cpp prints medians as lines of JSON that
// scripts/bench.py reads (docs/performance.md says what they hold).
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace tivit::bench {

using Work = void (*)(benchmark::State&);

struct Row {
  std::string work;         ///< first column; unique among all rows
  Work ours = nullptr;      ///
  Work beside = nullptr;    ///< null: ours alone
  std::string beside_name;  ///< what stands beside, in words
  std::string unit;         ///< "CPU ms/frame", or with `rate` "frames/CPU s"
  std::string reach;        ///< "ratio <= 1.05", "ours <= 0.06", "over <= 0.3" (ours - beside); ratio is ours / beside
  bool target = false;      ///< the reach is an aim on this processor, no pass mark
  double scale = 1e3;       ///< what a second is in the unit
  bool rate = false;        ///< items a second instead of time an item
  int iterations = 0;       ///< of one repetition; 0: as many as fill half a second
};

/// Says how many items one iteration handles, and so what the unit is counted in.
inline void items(benchmark::State& state, double count) { state.counters["items"] = count; }

std::vector<Row>& rows();
struct AddRow {
  explicit AddRow(Row row) { rows().push_back(std::move(row)); }
};

}  // namespace tivit::bench

#define TIVIT_BENCH_NAME2(line) tivit_bench_row_##line
#define TIVIT_BENCH_NAME(line) TIVIT_BENCH_NAME2(line)
#define TIVIT_BENCH_ROW(...) static const tivit::bench::AddRow TIVIT_BENCH_NAME(__LINE__)(tivit::bench::Row __VA_ARGS__);
