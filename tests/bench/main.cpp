// The entry point of every benchmark program: runs its rows and prints one line of JSON each.
#include <algorithm>
#include <exception>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <tivit/execution_context.hpp>

#include "tests/bench/bench.hpp"

namespace tivit::bench {

std::vector<Row>& rows() {
  static std::vector<Row> all;
  return all;
}

namespace {

/// Shows Google Benchmark's own lines on standard error and keeps every repetition.
class Repetitions : public benchmark::ConsoleReporter {
 public:
  Repetitions() : ConsoleReporter(OO_Tabular) { SetOutputStream(&std::cerr), SetErrorStream(&std::cerr); }
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs) {
      if (run.error_occurred) failed.push_back(run.benchmark_name() + ": " + run.error_message);
      if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
      const auto items = run.counters.find("items");
      const double count = items == run.counters.end() ? 1 : items->second.value;
      seconds[run.run_name.function_name].push_back(run.cpu_accumulated_time / static_cast<double>(run.iterations) / count);
    }
  }
  double median(const std::string& name) {
    auto& all = seconds[name];
    std::sort(all.begin(), all.end());
    return all.size() % 2 ? all[all.size() / 2] : (all[all.size() / 2 - 1] + all[all.size() / 2]) / 2;
  }
  std::map<std::string, std::vector<double>> seconds;  ///< CPU seconds an item
  std::vector<std::string> failed;
};

void add(const std::string& name, Work work, int iterations) {
  auto* benchmark = benchmark::RegisterBenchmark(name.c_str(), work)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);
  if (iterations > 0) benchmark->Iterations(iterations);
}

int run(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  std::string repetitions = "--benchmark_repetitions=5", interleave = "--benchmark_enable_random_interleaving=true";
  arguments.insert(arguments.begin() + 1, {repetitions.data(), interleave.data()});
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  for (const auto& row : rows()) {
    add(row.work, row.ours, row.iterations);
    if (row.beside) add(row.work + ": " + row.beside_name, row.beside, row.iterations);
  }
  start_runtime(RunContext{});
  Repetitions result;
  benchmark::RunSpecifiedBenchmarks(&result);
  for (const auto& row : rows()) {
    if (!result.seconds.count(row.work)) continue;
    const auto shown = [&](double seconds) { return row.rate ? row.scale / seconds / 1e3 : row.scale * seconds; };
    nlohmann::json line = {{"work", row.work}, {"ours", shown(result.median(row.work))}, {"unit", row.unit}, {"reach", row.reach}};
    if (row.target) line["target"] = true;
    const auto beside = row.work + ": " + row.beside_name;
    if (row.beside && result.seconds.count(beside)) line["beside"] = shown(result.median(beside)), line["beside_name"] = row.beside_name;
    std::cout << line.dump() << std::endl;
  }
  for (const auto& failure : result.failed) std::cerr << failure << '\n';
  return result.failed.empty() ? 0 : 1;
}

}  // namespace
}  // namespace tivit::bench

int main(int argc, char** argv) {
  try {
    return tivit::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
