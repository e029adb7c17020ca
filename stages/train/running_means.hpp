#pragma once
// Means of named figures since they were last taken.
#include <tivit/run_context.hpp>
#include <tivit/tensor/fields.hpp>

namespace tivit::train {

class RunningMeans {
 public:
  struct Sum {
    std::string name;
    double sum = 0, count = 0;
  };
  void add(const std::string& name, double value) {
    for (auto& sum : sums_)
      if (sum.name == name) {
        sum.sum += value;
        ++sum.count;
        return;
      }
    sums_.push_back({name, value, 1});
  }
  void add(const Fields& scalars) {
    for (const auto& [name, value] : scalars) add(name, value.item<double>());
  }
  RunContext::Values take() {
    RunContext::Values means;
    for (const auto& sum : sums_) means.emplace_back(sum.name, sum.sum / sum.count);
    sums_.clear();
    return means;
  }
  const std::vector<Sum>& sums() const { return sums_; }
  void restore(std::vector<Sum> sums) { sums_ = std::move(sums); }

 private:
  std::vector<Sum> sums_;
};

}  // namespace tivit::train
