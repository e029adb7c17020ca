#pragma once
// Where a stage's time goes. Times are the engine's latest, which is when a call last ended: no clock is read here.
#include <tivit/account.hpp>

namespace tivit::detail {

class Meter {
 public:
  /// From now on this keeps the stage from one more call.
  void lacks(Lack what, double now_s) {
    if (what == lack_) return;
    spent_s_[index()] += now_s - since_s_;
    lack_ = what;
    since_s_ = now_s;
  }
  Lack lack() const { return lack_; }
  double since_s() const { return since_s_; }
  std::array<double, lack_count> spent_s(double now_s) const {
    auto spent = spent_s_;
    spent[index()] += now_s - since_s_;
    return spent;
  }

 private:
  std::size_t index() const { return static_cast<std::size_t>(lack_); }
  std::array<double, lack_count> spent_s_{};
  Lack lack_ = Lack::input;
  double since_s_ = 0;
};

/// How full a queue is, over time.
class Fill {
 public:
  /// Before the size changes from `size`.
  void count(std::size_t size, double now_s) {
    queued_s_ += static_cast<double>(size) * (now_s - counted_s_);
    counted_s_ = now_s;
  }
  void reaches(std::size_t size) {
    if (size > most_) most_ = size;
  }
  double mean(double now_s) const { return now_s > 0 ? queued_s_ / now_s : 0; }
  std::size_t most() const { return most_; }

 private:
  double queued_s_ = 0, counted_s_ = 0;
  std::size_t most_ = 0;
};

}  // namespace tivit::detail
