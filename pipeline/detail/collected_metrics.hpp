#pragma once
// The figures of a graph that is called: kept until it has ended, then reported event by event. Its stages report at the same
// time, in an order that depends on threads; a run's metrics.jsonl does not.
#include <algorithm>
#include <string>
#include <tivit/run_context.hpp>
#include <tuple>
#include <vector>

namespace tivit::detail {

class CollectedMetrics final : public RunContext {
 public:
  /// Stands in for `caller` where the called graph's context is made.
  explicit CollectedMetrics(RunContext& caller) : caller_(caller) {
    directory = caller.directory;
    name = caller.name;
    seed = caller.seed;
    device = caller.device;
    precision = caller.precision;
    threads = caller.threads;
  }
  void metrics(const std::string& event, std::uint32_t epoch, const Values& values) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(event, epoch, values);
  }
  /// What one event reported keeps its order.
  void report() {
    const std::lock_guard lock(mutex_);
    std::stable_sort(lines_.begin(), lines_.end(), [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
    for (const auto& [event, epoch, values] : lines_) caller_.metrics(event, epoch, values);
    lines_.clear();
  }

 private:
  RunContext& caller_;
  std::vector<std::tuple<std::string, std::uint32_t, Values>> lines_;
};

}  // namespace tivit::detail
