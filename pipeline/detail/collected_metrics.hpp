#pragma once
// The figures of a run that does not train: kept until it has ended, then reported event by event. Its stages report at the same
// time, in an order that depends on threads; a run's metrics.jsonl does not.
#include <algorithm>
#include <string>
#include <tivit/run_context.hpp>
#include <tuple>
#include <vector>

namespace tivit::detail {

class CollectedMetrics final : public RunContext {
 public:
  /// Stands in for the run's own context.
  explicit CollectedMetrics(RunContext& own) : own_(own) {
    directory = own.directory;
    name = own.name;
    seed = own.seed;
    epochs = own.epochs;
    training = own.training;
    device = own.device;
    precision = own.precision;
    threads = own.threads;
    shares_resources = own.shares_resources;
    first_epoch = own.first_epoch;
    cancel_flag = own.cancel_flag;
  }
  void metrics(const std::string& event, std::uint32_t epoch, const Values& values) override {
    RunContext::metrics(event, epoch, values);
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(event, epoch, values);
  }
  /// What one event reported keeps its order.
  void report() {
    const std::lock_guard lock(mutex_);
    std::stable_sort(lines_.begin(), lines_.end(), [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
    for (const auto& [event, epoch, values] : lines_) own_.metrics(event, epoch, values);
    lines_.clear();
  }

 private:
  RunContext& own_;
  std::vector<std::tuple<std::string, std::uint32_t, Values>> lines_;
};

}  // namespace tivit::detail
