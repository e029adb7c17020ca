#pragma once
// What a stage or resource finds wrong with its parameters before anything runs: a file that is not there, corners that cross.
#include <set>
#include <string>
#include <tivit/error.hpp>
#include <utility>
#include <vector>

namespace tivit {

class Faults {
 public:
  Faults() = default;
  /// `open`: input ports of the stage that nothing feeds.
  explicit Faults(std::set<std::string> open) : open_(std::move(open)) {}
  /// Whether something feeds this optional input; a stage without a graph (in a test, in open) is not told otherwise.
  bool is_fed(const std::string& input) const { return !open_.contains(input); }
  /// `parameter` decides which place of the graph text is shown.
  void add(std::string parameter, std::string problem, std::string remedy = "") {
    add(std::move(parameter), Error(std::move(problem), std::move(remedy)));
  }
  void add(std::string parameter, Error error) { list_.emplace_back(std::move(parameter), std::move(error)); }
  const std::vector<std::pair<std::string, Error>>& list() const { return list_; }
  /// Throws the first, if there is one.
  void raise() const {
    if (!list_.empty()) throw Error(list_[0].second);
  }

 private:
  std::vector<std::pair<std::string, Error>> list_;
  std::set<std::string> open_;
};

}  // namespace tivit
